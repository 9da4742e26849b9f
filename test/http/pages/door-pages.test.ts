import t from 'tap';
import { admin, setupCode, Site, textOf, tokenOf } from './site.js';

void t.test('a new box', async (t) => {
  await t.test('leads everything to its set-up', async (t) => {
    const site = await Site.fresh(t);
    const browser = site.browser();
    for (const path of ['/', '/login', '/conferences', '/box', '/calls.csv']) {
      t.equal((await browser.get(path)).location, '/setup', path);
    }
    const page = await browser.get('/setup');
    t.equal(page.status, 200);
    t.match(textOf(page.body), 'Start code');
    t.notMatch(page.body, setupCode);
  });

  await t.test('is set up with the code from the console, and closed to all others afterwards', async (t) => {
    const site = await Site.fresh(t);
    const browser = site.browser();
    const done = await browser.setUp({ code: 'abcd 2345' });
    t.equal(done.location, '/conferences');
    t.equal(await site.store.account.name(), 'Office');
    t.match(textOf((await browser.get('/conferences')).body), /Office .* Logged in as ada/);

    const other = site.browser();
    t.equal((await other.get('/setup')).location, '/');
    const csrf = tokenOf((await other.get('/login')).body);
    t.equal((await other.postAs(csrf, '/setup', { code: setupCode })).location, '/');
    t.equal(await site.store.admins.count(), 1);
    t.equal((await other.get('/conferences?search=x')).location, '/login?next=%2Fconferences%3Fsearch%3Dx');
  });

  await t.test('says what is wrong at the field, and loses nothing that was typed', async (t) => {
    const site = await Site.fresh(t);
    const browser = site.browser();
    const cases: [Record<string, string>, string][] = [
      [{ code: 'WRONG-CODE' }, 'This is not the start code'],
      [{ box: '' }, 'A name has 1 to 64'],
      [{ name: 'Ada L' }, 'Use 1 to 64 small letters'],
      [{ password: 'short', repeat: 'short' }, 'Use 8 to 128 characters'],
      [{ repeat: 'something else' }, 'The two passwords differ'],
    ];
    for (const [fields, sentence] of cases) {
      const page = await browser.setUp({ box: 'My <box>', ...fields });
      t.equal(page.status, 422, sentence);
      t.match(textOf(page.body), sentence);
      if (fields.box === undefined) t.match(page.body, 'value="My &lt;box&gt;"');
      t.notMatch(page.body, admin.password);
    }
    t.equal(await site.store.admins.count(), 0);
  });

  await t.test('refuses who guesses the code', async (t) => {
    const site = await Site.fresh(t);
    const browser = site.browser();
    const csrf = tokenOf((await browser.get('/setup')).body);
    for (let tries = 0; tries < 10; tries++) {
      const answer = browser.postAs(csrf, '/setup', { code: `X${tries}` });
      // A later guess is looked at only after a while.
      while (site.clock.pending === 0 && tries >= 3) await new Promise(setImmediate);
      site.clock.advance(8000);
      t.equal((await answer).status, 422);
    }
    const refused = await browser.postAs(csrf, '/setup', { code: setupCode });
    t.equal(refused.status, 429);
    t.match(refused.headers, { 'retry-after': /^\d+$/ });
    t.equal(await site.store.admins.count(), 0);
  });
});

void t.test('logging in and out', async (t) => {
  await t.test('leads where somebody wanted to go, on this box only', async (t) => {
    const { site } = await Site.start(t);
    const browser = site.browser();
    const { name, password } = admin;
    const to = async (next: string) => {
      browser.cookies.clear();
      return (await browser.post('/login', { name, password, next })).location;
    };
    t.equal(await to('/calls?caller=1'), '/calls?caller=1');
    for (const bad of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)']) {
      t.equal(await to(bad), '/conferences', bad);
    }
  });

  await t.test('a wrong password and an unknown name look alike', async (t) => {
    const { site } = await Site.start(t);
    const wrong = await site.browser().logIn(admin.name, 'wrong password');
    const unknown = await site.browser().logIn('nobody', 'wrong password');
    t.equal(wrong.status, 401);
    t.equal(unknown.status, 401);
    t.match(textOf(wrong.body), 'Name or password is wrong.');
    t.match(textOf(unknown.body), 'Name or password is wrong.');
  });

  await t.test('the cookie is for this box and its own pages alone', async (t) => {
    const site = await Site.fresh(t);
    const answer = await site.browser().setUp();
    const session = [answer.headers['set-cookie']].flat().find((line) => line?.includes('session'));
    t.match(session, /; Path=\/; HttpOnly; SameSite=Strict/);
    t.notMatch(session, 'Domain');
  });

  await t.test('logging out ends this session, everywhere ends all of this admin', async (t) => {
    const { site, browser } = await Site.start(t);
    const second = site.browser();
    await second.logIn();
    const kept = new Map(browser.cookies);
    t.equal((await browser.post('/logout')).location, '/login');
    for (const [name, value] of kept) browser.cookies.set(name, value);
    t.match((await browser.get('/conferences')).location, '/login');
    t.equal((await second.get('/conferences')).status, 200);

    await browser.logIn();
    await browser.post('/logout-everywhere', {}, '/box/admins');
    t.match((await second.get('/conferences')).location, '/login');
  });

  await t.test('another password ends the sessions of before', async (t) => {
    const { site, browser } = await Site.start(t);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await site.store.admins.setPassword(admin.name, 'another password');
    t.match((await browser.get('/conferences')).location, '/login');
  });
});

void t.test('no form is taken without the token of its own visitor', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference({ name: 'Board' });
  const strangers = tokenOf((await site.browser().get('/login')).body);
  for (const csrf of ['', 'x'.repeat(43), strangers]) {
    const answer = await browser.postAs(csrf, `/conferences/${id}/delete`);
    t.equal(answer.status, 403);
    t.match(textOf(answer.body), 'out of date');
  }
  t.ok(await site.store.conferences.get(id));
  const json = await browser.send('POST', `/conferences/${id}/delete`, '{}', {
    'content-type': 'application/json',
  });
  t.equal(json.status, 415);
});

void t.test('the language is that of the browser, or the one that was chosen', async (t) => {
  const site = await Site.fresh(t);
  const browser = site.browser({ 'accept-language': 'fr, de-AT;q=0.8, en;q=0.5' });
  const page = await browser.setUp({ code: 'wrong' });
  t.match(page.body, '<html lang="de">');
  t.match(textOf(page.body), 'Das ist nicht der Startcode');
  const back = await browser.post('/language', { language: 'en', back: '/setup' }, '/setup');
  t.equal(back.location, '/setup');
  t.match((await browser.get('/setup')).body, '<html lang="en">');
});

void t.test('every answer has strict headers', async (t) => {
  const { browser } = await Site.start(t);
  for (const path of ['/conferences', '/login', '/no-such-page', '/calls.csv']) {
    const { headers } = await browser.get(path);
    t.match(headers['content-security-policy'], "default-src 'none'", path);
    t.match(headers['content-security-policy'], "frame-ancestors 'none'", path);
    t.notMatch(headers['content-security-policy'], 'unsafe', path);
    t.equal(headers['x-content-type-options'], 'nosniff', path);
    t.equal(headers['cache-control'], 'no-store', path);
  }
});

void t.test('where there is HTTPS, HTTP leads to it, but for requests from the box itself', async (t) => {
  const { site } = await Site.start(t);
  site.certificate.wanted = true;
  site.certificate.served = 8443;
  const far = await site.browser({ host: 'box.example:8000' }).get('/login?next=%2Fcalls');
  t.equal(far.status, 307);
  t.equal(far.location, 'https://box.example:8443/login?next=%2Fcalls');
  t.equal((await site.browser({}, '127.0.0.1').get('/login')).status, 200);
  t.equal((await site.browser().get('/health')).status, 200);
});
