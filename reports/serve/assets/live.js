'use strict';
// Follows what is published: the report reloads, other pages say that there is news.
{
  let known = null;
  const news = document.getElementById('news');
  const frame = document.getElementById('report');
  const stream = new EventSource('/api/published');
  stream.addEventListener('published', event => {
    if (known !== null && known !== event.data) {
      if (frame) reload();
      else if (document.body.classList.contains('report')) location.reload();
      else news.textContent = 'A newer warehouse was published: what you ask from now on sees it.';
      document.dispatchEvent(new Event('published'));
    }
    known = event.data;
  });

  // The warehouse is published first and the report a moment later, so the frame looks twice.
  function reload() {
    news.textContent = 'A newer warehouse was published.';
    again();
    setTimeout(again, 3000);
  }

  function again() {
    const view = frame.contentWindow;
    const at = view.scrollY;
    frame.addEventListener('load', () => view.scrollTo({top: at, behavior: 'instant'}), {once: true});
    view.location.reload();
  }

  // The address of this page names the place in the report, so that it can be passed on.
  if (frame) {
    if (location.hash) frame.src = '/report/' + location.hash;
    frame.addEventListener('load', () => {
      const view = frame.contentWindow;
      const tell = () => history.replaceState(null, '', view.location.hash || location.pathname);
      view.addEventListener('hashchange', tell);
    });
  }
}
