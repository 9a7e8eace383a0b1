package trino

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	client "github.com/trinodb/trino-go-client/trino"
)

// A cured error of the cluster says what to do about it.
type cured struct {
	advice string
	err    error
}

func (e *cured) Error() string { return e.advice + ": " + message(e.err) }

func (e *cured) Unwrap() error { return e.err }

// Cures of the errors that the cluster names. Source: io.trino.spi.StandardErrorCode and the Hive connector's codes.
var cures = map[string]string{
	"CATALOG_NOT_FOUND":               "the cluster has no such catalog: correct the address, or add the catalog to the cluster (overtake doctor --engine trino prints its lines)",
	"PERMISSION_DENIED":               "the cluster refuses this: give the user the right to read the lake, and to make schemas, tables and views in the catalog",
	"ADMINISTRATIVELY_KILLED":         "an administrator of the cluster ended the query: nothing was published, run it again",
	"ADMINISTRATIVELY_PREEMPTED":      "the cluster ended the query in favour of another: nothing was published, run it again",
	"EXCEEDED_TIME_LIMIT":             "the query ran longer than the cluster allows: raise query.max-run-time for this user",
	"EXCEEDED_GLOBAL_MEMORY_LIMIT":    "the query needs more memory than the cluster allows: raise query.max-memory, or add workers",
	"EXCEEDED_LOCAL_MEMORY_LIMIT":     "the query needs more memory than one worker allows: raise query.max-memory-per-node",
	"CLUSTER_OUT_OF_MEMORY":           "the cluster is out of memory: run it when less is going on, or add workers",
	"NO_NODES_AVAILABLE":              "the cluster has no worker that could run the query: start workers, run it again",
	"NODE_DISCONNECTED":               "a worker went away in the middle: nothing was published, run it again",
	"REMOTE_HOST_GONE":                "a worker went away in the middle: nothing was published, run it again",
	"REMOTE_TASK_ERROR":               "a worker failed in the middle: nothing was published, run it again",
	"REMOTE_TASK_MISMATCH":            "a worker was started anew in the middle: nothing was published, run it again",
	"TOO_MANY_REQUESTS_FAILED":        "a worker does not answer: nothing was published, run it again",
	"PAGE_TRANSPORT_ERROR":            "workers cannot reach one another: nothing was published, run it again",
	"PAGE_TRANSPORT_TIMEOUT":          "workers cannot reach one another: nothing was published, run it again",
	"SERVER_SHUTTING_DOWN":            "the cluster is shutting down: run it again when it is back",
	"SERVER_STARTING_UP":              "the cluster is still starting: wait a minute",
	"HIVE_FILE_MISSING_COLUMN_VALUES": "a file of the lake is not what its table says: run \"overtake verify\"",
	"HIVE_BAD_DATA":                   "a file of the lake cannot be read: run \"overtake verify\"",
	"HIVE_CANNOT_OPEN_SPLIT":          "the cluster cannot read a file of the lake: check that it sees the lake under the location that is configured",
	"HIVE_INVALID_METADATA":           "the catalog holds something that cannot be read",
}

// explain adds what to do about an error, where we know it.
func (c *cluster) explain(err error) error {
	var said *cured
	if err == nil || errors.As(err, &said) {
		return err
	}
	if advice, ok := cures[code(err)]; ok {
		return &cured{advice, err}
	}
	var refused *net.OpError
	var failed *client.ErrQueryFailed
	switch {
	case errors.As(err, &failed) && failed.StatusCode == http.StatusUnauthorized:
		return &cured{fmt.Sprintf("%s does not know this user or password: name the variables that hold them with engine.password_env or engine.token_env", c.host), err}
	case errors.As(err, &failed) && failed.StatusCode == http.StatusForbidden:
		return &cured{fmt.Sprintf("%s refuses this user", c.host), err}
	case errors.As(err, &failed) && failed.StatusCode == http.StatusNotFound && code(err) == "":
		return &cured{fmt.Sprintf("%s is no Trino server: correct engine.trino_url", c.host), err}
	case errors.As(err, &refused) || strings.Contains(err.Error(), "giving up after"):
		return &cured{fmt.Sprintf("no answer from %s: check the address and the network; nothing was published", c.host), err}
	}
	return &cured{"the cluster says", err}
}

// code is the name that the cluster gives an error, "" where it gives none.
func code(err error) string {
	var e *client.ErrTrino
	if errors.As(err, &e) {
		return e.ErrorName
	}
	var v client.ErrTrino
	if errors.As(err, &v) {
		return v.ErrorName
	}
	return ""
}

// message is an error in one line, without the client's wrapping.
func message(err error) string {
	var e *client.ErrTrino
	if errors.As(err, &e) {
		return e.ErrorName + ": " + e.Message
	}
	line, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "trino: "), "\n")
	return line
}
