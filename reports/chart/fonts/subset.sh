#!/bin/sh
# Makes NotoSansSC-Regular.otf and NotoSansSC-Bold.otf beside this file, from Debian's fonts-noto-cjk, with fonttools
# (pip install fonttools==4.68.0). Run from anywhere:  sh reports/chart/fonts/subset.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
src=${NOTO_CJK_DIR:-/usr/share/fonts/opentype/noto}
chars=$(mktemp)
trap 'rm -f "$chars"' EXIT

# The characters: those of GB 2312 level 1 (3,755 hanzi in rows 16 to 55, by how common they are), scripts that
# names come in, and whatever the shipped history holds.
ROOT="$root" python3 - >"$chars" <<'PY'
import glob, os
spans = [(0x20, 0x7e), (0xa0, 0x17f), (0x18f, 0x18f), (0x1a0, 0x1b0), (0x218, 0x21b), (0x391, 0x3c9), (0x401, 0x451),
         (0x1e80, 0x1ef9), (0x2010, 0x2027), (0x2030, 0x205e), (0x2070, 0x208e), (0x20a0, 0x20bf), (0x2100, 0x2126),
         (0x2150, 0x215e), (0x2190, 0x21d4), (0x2200, 0x22a5), (0x2460, 0x2473), (0x25a0, 0x25ef), (0x2605, 0x2642),
         (0x266a, 0x266d), (0x2713, 0x2717), (0x3000, 0x3020), (0x3041, 0x30fe), (0xff01, 0xff5e), (0xffe0, 0xffe6)]
text = {chr(c) for a, b in spans for c in range(a, b + 1)}
for row in range(16, 56):
    for cell in range(1, 95):
        try:
            text.add(bytes([0xa0 + row, 0xa0 + cell]).decode("gb2312"))
        except UnicodeDecodeError:
            pass  # the last five cells of row 55 are empty
for name in glob.glob(os.path.join(os.environ["ROOT"], "data", "history", "*")):
    with open(name, encoding="utf-8") as f:
        text |= set(f.read())
print("".join(sorted(c for c in text if c >= " ")))
PY
make() { # make WEIGHT TEXTFILE
	pyftsubset "$src/NotoSansCJK-$1.ttc" --font-number=2 --text-file="$2" --output-file="$here/NotoSansSC-$1.otf" \
		--no-hinting --layout-features=kern --drop-tables+=vhea,vmtx,VORG,BASE,DSIG --name-IDs=0,1,2,4,5,6,13,14 \
		--name-languages=1033 --notdef-outline --no-recalc-timestamp
}
make Regular "$chars"
make Bold "$chars"
ls -l "$here"/*.otf
