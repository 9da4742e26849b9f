// Live updates, and nothing else: every page works without this file. An element with data-live is drawn anew whenever
// the server sends its piece; the buttons in it then need no new page.
for (const element of document.querySelectorAll('[data-live]')) follow(element);

function follow(element) {
  const lost = document.createElement('p');
  lost.className = 'notice wrong';
  lost.setAttribute('role', 'status');
  lost.hidden = true;
  element.before(lost);
  const url = new URL(element.dataset.live, location.href);
  let source;

  const connect = () => {
    source = new EventSource(url);
    source.addEventListener('open', () => (lost.hidden = true));
    source.addEventListener('piece', ({ data, lastEventId }) => {
      url.searchParams.set('seen', lastEventId);
      show(element, data);
    });
    source.addEventListener('gone', () => {
      source.close();
      location.reload();
    });
    source.addEventListener('error', () => {
      lost.textContent = element.dataset.lost;
      lost.hidden = false;
      if (source.readyState === EventSource.CLOSED) setTimeout(askAgain, 2000);
    });
  };

  // The browser has given up: the box answered with something else, the log-in for one.
  const askAgain = async () => {
    try {
      const response = await fetch(location.href, { redirect: 'manual' });
      if (response.type === 'opaqueredirect' || response.status === 404) location.reload();
      else connect();
    } catch {
      setTimeout(askAgain, 2000);
    }
  };

  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { target: form, submitter } = event;
    try {
      const body = new URLSearchParams(new FormData(form, submitter));
      // Not form.action: that is the buttons of this name.
      const response = await fetch(form.getAttribute('action'), { method: 'POST', body, redirect: 'manual' });
      if (response.type !== 'opaqueredirect') throw new Error(String(response.status));
    } catch {
      lost.textContent = element.dataset.failed;
      lost.hidden = false;
    }
  });

  connect();
  // A browser opens six connections to a box at most, all tabs together.
  document.addEventListener('visibilitychange', () => {
    source.close();
    if (!document.hidden) connect();
  });
}

// What was unfolded stays so, and the focus stays on the same button.
function show(element, piece) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : '';
  const unfolded = [...element.querySelectorAll('details[open]')].map(({ id }) => id);
  element.innerHTML = piece;
  for (const id of unfolded) document.getElementById(id)?.setAttribute('open', '');
  if (!focused) return;
  const same = document.getElementById(focused) ?? document.getElementById(counterpart(focused));
  (same ?? element.querySelector('button'))?.focus({ preventScroll: true });
}

// A button that does the opposite now has another name.
function counterpart(id) {
  const pairs = {
    mute: 'unmute',
    unmute: 'mute',
    deaf: 'undeaf',
    undeaf: 'deaf',
    lock: 'unlock',
    unlock: 'lock',
    record: 'unrecord',
    unrecord: 'record',
  };
  pairs.member = 'moderator';
  pairs.moderator = 'member';
  return id.replace(/[a-z]+$/, (action) => pairs[action] ?? action);
}
