// /health tells the truth about each part.
import t from 'tap';
import { buildApp } from '../../src/http/index.js';

void t.test('200 when calls can be taken, 503 while a part is away', async (t) => {
  const state = { sip: true, media: true, store: true };
  const app = buildApp({ health: () => state });
  const up = await app.inject('/health');
  t.equal(up.statusCode, 200);
  t.same(up.json(), { status: 'ok', sip: true, media: true, store: true });
  state.media = false;
  const down = await app.inject('/health');
  t.equal(down.statusCode, 503);
  t.same(down.json(), { status: 'unavailable', sip: true, media: false, store: true });
  await app.close();
});
