// The page to try the calls: what it shows, what it may do, and that its script is one.
import { Script } from 'node:vm';
import t from 'tap';
import { Api } from './api.js';

void t.test('lists every call of the description, and loads nothing from elsewhere', async (t) => {
  const api = await Api.start(t);
  const get = (path: string) => api.app.inject({ url: `/v2${path}` });
  const page = await get('/docs');
  t.equal(page.statusCode, 200);
  t.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  const policy = String(page.headers['content-security-policy']);
  t.match(policy, "default-src 'none'");
  t.notMatch(policy, /unsafe|https?:|\*/);
  const { paths } = (await get('/openapi.json')).json<{ paths: Record<string, object> }>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of Object.keys(operations).filter((key) => key !== 'parameters')) {
      t.match(page.body, `<form data-method="${method.toUpperCase()}" data-path="${path}">`);
    }
  }
  const raw = page.body.split('data-path="/accounts/{account}/media/{media}/raw">');
  t.match(raw[2], /^[^]*?<input type="file"/, 'a sound is chosen, not typed');
  t.notMatch(page.body, /<script(?! src="\/v2\/docs\/page\.js" defer><\/script>)/);
  t.notMatch(page.body, / on\w+=|style=|https?:\/\//);
  const [script, style] = [await get('/docs/page.js'), await get('/docs/page.css')];
  t.match(script.headers, { 'content-type': /^text\/javascript/, 'x-content-type-options': 'nosniff' });
  t.match(style.headers['content-type'], /^text\/css/);
  t.doesNotThrow(() => new Script(script.body));
  const size = page.body.length + script.body.length + style.body.length;
  t.ok(size < 40_000, `${size} bytes in all`);
});
