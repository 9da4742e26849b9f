// What the page of docs-page.ts does in the browser: logs in, and sends the calls that are filled in.
export const docsScript = `'use strict';
let token = '';

const say = (form, text) => { form.querySelector('output').textContent = text; };

async function exchange(method, path, body) {
  const headers = token ? { 'X-Auth-Token': token } : {};
  if (body !== undefined) headers['Content-Type'] = body instanceof File ? body.type || 'audio/mpeg' : 'application/json';
  const response = await fetch('/v2' + path, { method, headers, body, cache: 'no-store' });
  const text = await response.text();
  let answer;
  try { answer = JSON.parse(text); } catch { answer = text; }
  return { response, answer };
}

/** Whatever gives a token is logged in with from then on. */
function keep(answer) {
  const account = answer && answer.data && answer.data.account_id;
  if (!account || !answer.auth_token) return false;
  token = answer.auth_token;
  document.getElementById('account').textContent = account;
  for (const input of document.querySelectorAll('[data-path=account]')) input.value = account;
  return true;
}

async function login(form) {
  const body = JSON.stringify({ data: { api_key: form.elements.key.value } });
  const { response, answer } = await exchange('PUT', '/api_auth', body);
  const inside = keep(answer);
  if (inside) form.reset();
  say(form, inside ? 'Logged in.' : 'Refused: ' + response.status + ' ' + (answer.message || ''));
}

async function send(form) {
  let path = form.dataset.path;
  for (const input of form.querySelectorAll('[data-path]')) {
    path = path.replace('{' + input.dataset.path + '}', encodeURIComponent(input.value));
  }
  const query = new URLSearchParams();
  for (const input of form.querySelectorAll('[data-query]')) {
    if (input.value !== '') query.set(input.dataset.query, input.value);
  }
  if (query.toString() !== '') path += '?' + query;
  const area = form.querySelector('textarea');
  const file = form.querySelector('input[type=file]');
  const begun = performance.now();
  const { response, answer } = await exchange(form.dataset.method, path, area ? area.value : file?.files[0]);
  keep(answer);
  say(form, response.status + ' in ' + Math.round(performance.now() - begun) + ' ms');
  const pre = form.querySelector('pre');
  pre.hidden = false;
  pre.textContent = typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2);
}

document.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector('button');
  button.disabled = true;
  say(form, '');
  try {
    await ('login' in form.dataset ? login(form) : send(form));
  } catch (error) {
    say(form, 'The box did not answer: ' + error.message);
  } finally {
    button.disabled = false;
  }
});
`;
