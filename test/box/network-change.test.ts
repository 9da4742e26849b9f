// Root's program as it ships, on a folder of its own, with programs of the system that only say what they were asked.
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { Appliance, trialSeconds, wifiOf, type NetworkAnswer } from '../../src/appliance/index.js';
import { NetworkChange } from '../../src/box/network-change.js';
import { scratchFolder, type Test } from '../store/scratch.js';

const fresh = { name: 'hall', fixed: { address: '10.0.0.5', prefix: 24, gateway: '10.0.0.1', dns: [] } };
const id = '0123456789abcdef';

/** A box after its start, as partyline.txt says. */
class FakeBox {
  readonly run: string;
  readonly kept: string;
  readonly appliance: Appliance;

  constructor(t: Test) {
    const folder = scratchFolder(t);
    [this.run, this.kept] = [join(folder, 'run'), join(folder, 'kept')];
    for (const name of ['requests', 'answers'])
      mkdirSync(join(this.run, 'partyline', name), { recursive: true });
    mkdirSync(join(folder, 'bin'));
    for (const program of ['networkctl', 'systemctl']) {
      const path = join(folder, 'bin', program);
      writeFileSync(path, `#!/bin/sh\necho "${program} $*" >>"${folder}/asked"\n`);
      chmodSync(path, 0o755);
    }
    this.appliance = new Appliance({ folder: join(this.run, 'partyline'), data: folder });
    this.start();
  }

  /** What the box does before its network, at every start. */
  start(text = 'name = lobby\n'): void {
    const folder = join(this.run, '..');
    writeFileSync(join(folder, 'partyline.txt'), text);
    const args = ['dist/src/box/main.js', join(folder, 'partyline.txt'), this.run, this.kept];
    const { status } = spawnSync(process.execPath, args);
    if (status !== 0) throw new Error('The program of the start failed.');
  }

  program(): ReturnType<typeof spawn> {
    const PATH = join(this.run, '..', 'bin');
    return spawn(process.execPath, ['dist/src/box/network-main.js', this.run, this.kept], { env: { PATH } });
  }

  get answer(): NetworkAnswer {
    return this.appliance.network()!;
  }

  get cable(): string {
    return readFileSync(join(this.run, 'systemd/network/10-ethernet.network'), 'utf8');
  }

  /** What wpa_supplicant is told; '' = there is no Wi-Fi. */
  get radio(): string {
    const path = join(this.run, 'partyline/wpa_supplicant.conf');
    const network = join(this.run, 'systemd/network/20-wifi.network');
    if (existsSync(path) !== existsSync(network)) throw new Error('Half a Wi-Fi.');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  get asked(): string {
    const path = join(this.run, '..', 'asked');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }
}

void t.test('new settings are tried, confirmed, and there after a restart', async (t) => {
  const box = new FakeBox(t);
  t.strictSame(box.answer, { settings: { name: 'lobby' }, source: 'text' });
  box.appliance.askNetwork({ kind: 'try', id, settings: fresh });
  const program = box.program();
  await box.appliance.until(() => box.asked.includes('avahi'), 10_000);
  t.match(box.asked, 'networkctl reload\n');
  t.match(box.cable, 'Address=10.0.0.5/24');
  t.match(box.answer, { settings: { name: 'lobby' }, trial: { id } });
  t.notOk(existsSync(join(box.kept, 'network.json')), 'nothing is written down yet');
  await box.appliance.until(() => box.answer.trial?.applied === true, 10_000);
  box.appliance.askNetwork({ kind: 'keep', id });
  await once(program, 'exit');
  t.strictSame(box.answer, { settings: fresh, source: 'page', last: { id, settings: fresh } });

  box.start();
  t.strictSame(box.answer, { settings: fresh, source: 'page' });
  t.match(box.cable, 'Address=10.0.0.5/24');
  t.match(readFileSync(join(box.run, 'partyline/result.txt'), 'utf8'), /10\.0\.0\.5.*on the web page/s);
  box.start('name = lobby\n# another text\n');
  t.strictSame(box.answer, { settings: { name: 'lobby' }, source: 'text' });
  t.match(box.cable, 'DHCP=yes');
});

/** New settings are in force, and the program that watches over their trial is gone. */
async function killedInTrial(box: FakeBox): Promise<void> {
  box.appliance.askNetwork({ kind: 'try', id, settings: fresh });
  const program = box.program();
  await box.appliance.until(() => box.asked.includes('avahi'), 10_000);
  program.kill('SIGKILL');
  await once(program, 'exit');
}

void t.test('a program that is killed in a trial goes back when it is started again', async (t) => {
  const box = new FakeBox(t);
  await killedInTrial(box);
  t.match(box.cable, 'Address=10.0.0.5/24');
  await once(box.program(), 'exit');
  t.match(box.cable, 'DHCP=yes');
  t.strictSame(box.answer, {
    settings: { name: 'lobby' },
    source: 'text',
    last: { id, settings: fresh, returned: 'stopped' },
  });
});

void t.test('a restart in between comes up with the old settings', async (t) => {
  const box = new FakeBox(t);
  await killedInTrial(box);
  box.start();
  t.strictSame(box.answer, { settings: { name: 'lobby' }, source: 'text' });
  t.match(box.cable, 'DHCP=yes');
});

/** The same without a process, so that time can be made. */
function change(
  box: FakeBox,
  onWait: (waited: number) => void,
  fails: (asked: string) => boolean = () => false,
) {
  let waited = 0;
  const asked: string[] = [];
  const work = new NetworkChange({
    run: box.run,
    kept: box.kept,
    command: (program, ...args) => {
      const line = [program, ...args].join(' ');
      asked.push(line);
      return fails(line) ? Promise.reject(new Error('It failed.')) : Promise.resolve();
    },
    uptime: () => 1000 + waited / 1000,
    wait: (ms) => {
      waited += ms;
      onWait(waited);
      return Promise.resolve();
    },
  }).work();
  return { work, asked, waited: () => waited };
}

void t.test('without a word the old settings are back after the trial', async (t) => {
  const box = new FakeBox(t);
  box.appliance.askNetwork({ kind: 'try', id, settings: fresh });
  let tried = '';
  const { work, waited } = change(box, () => (tried ||= box.cable.includes('10.0.0.5') ? box.cable : ''));
  await work;
  t.match(tried, 'Address=10.0.0.5/24');
  t.match(box.cable, 'DHCP=yes');
  t.match(box.answer, { settings: { name: 'lobby' }, last: { returned: 'unconfirmed' } });
  t.ok(Math.abs(waited() / 1000 - trialSeconds) < 2, `after ${waited()} ms`);
});

void t.test('a new name alone does not touch the address', async (t) => {
  const box = new FakeBox(t);
  box.appliance.askNetwork({ kind: 'try', id, settings: { name: 'hall' } });
  const { work, asked } = change(box, (waited) => {
    if (waited > 3000) box.appliance.askNetwork({ kind: 'keep', id });
  });
  await work;
  t.match(asked.join(), 'set-name');
  t.notMatch(asked.join(), 'networkctl');
  t.match(box.answer, { settings: { name: 'hall' }, source: 'page' });
});

void t.test('settings that cannot be put in force are not kept', async (t) => {
  const box = new FakeBox(t);
  box.appliance.askNetwork({ kind: 'try', id, settings: fresh });
  let reloads = 0;
  await change(
    box,
    () => undefined,
    (line) => line === 'networkctl reload' && ++reloads === 1,
  ).work;
  t.equal(reloads, 2);
  t.match(box.cable, 'DHCP=yes');
  t.match(box.answer, { last: { returned: 'failed' } });
});

const office = 'name = lobby\nwifi-name = Office\nwifi-password = correct horse\n';
const keyOf = (password: string) => String(wifiOf({ name: 'Office', password }).wifi?.key);
const [key, newKey] = [keyOf('correct horse'), keyOf('battery staple')];
const shownOffice = { name: 'lobby', wifi: { name: 'Office', key: true } };

void t.test(
  'a Wi-Fi is tried and kept, its key is nowhere but where it must be, and the cable is left alone',
  async (t) => {
    const box = new FakeBox(t);
    const cable = join(box.run, 'systemd/network/10-ethernet.network');
    utimesSync(cable, 1, 1);
    const settings = { name: 'lobby', wifi: { name: 'Office', key: newKey, country: 'DE' } };
    box.appliance.askNetwork({ kind: 'try', id, settings });
    const request = statSync(join(box.run, 'partyline/requests/network.json'));
    t.equal(request.mode & 0o077, 0, 'the request is nobody else’s');
    const { work, asked } = change(box, (waited) => {
      if (waited > 3000) box.appliance.askNetwork({ kind: 'keep', id });
    });
    await work;
    t.match(asked.join('\n'), 'systemctl restart partyline-wifi@wlan0.service\nnetworkctl reload');
    t.match(box.radio, /country=DE.*ssid=4f6666696365.*psk=/s);
    t.match(box.radio, newKey);
    t.equal(statSync(cable).mtimeMs, 1000, 'networkd would take its address away');
    for (const path of ['wpa_supplicant.conf', 'network.json'])
      t.equal(statSync(join(box.run, 'partyline', path)).mode & 0o777, 0o600, path);
    t.notMatch(readFileSync(join(box.run, 'partyline/answers/network.json'), 'utf8'), newKey);
    const kept = { ...settings, wifi: { ...settings.wifi, key: true } };
    t.match(box.answer, { settings: kept, last: { settings: kept }, source: 'page' });
    t.equal(statSync(join(box.kept, 'network.json')).mode & 0o777, 0o600);

    box.start();
    t.match(box.radio, newKey);
    t.notMatch(readFileSync(join(box.run, 'partyline/answers/network.json'), 'utf8'), newKey);
    box.start(`${office}# another text\n`);
    t.match(box.radio, key, 'a new text takes the place of the Wi-Fi too');
  },
);

void t.test('a new password that nobody kept goes back to the old one', async (t) => {
  const box = new FakeBox(t);
  box.start(office);
  t.strictSame(box.answer, { settings: shownOffice, source: 'text' });
  box.appliance.askNetwork({
    kind: 'try',
    id,
    settings: { name: 'lobby', wifi: { name: 'Office', key: newKey } },
  });
  let tried = '';
  const { work, asked } = change(box, () => (tried ||= box.radio.includes(newKey) ? box.radio : ''));
  await work;
  t.match(tried, newKey);
  t.match(box.radio, key);
  t.match(box.answer, { settings: shownOffice, last: { returned: 'unconfirmed' } });
  t.equal(asked.filter((line) => line === 'systemctl restart partyline-wifi@wlan0.service').length, 2);
});

void t.test(
  'the old Wi-Fi is back too when the program was killed in a trial that switched it off',
  async (t) => {
    const box = new FakeBox(t);
    box.start(office);
    box.appliance.askNetwork({ kind: 'try', id, settings: { name: 'lobby' } });
    const killed = change(box, (waited) => {
      if (waited > 3000) throw new Error('killed');
    });
    await t.rejects(killed.work, /killed/);
    t.match(killed.asked.join('\n'), 'systemctl stop partyline-wifi@wlan0.service\nnetworkctl reload');
    t.equal(box.radio, '');
    const { work, asked } = change(box, () => undefined);
    await work;
    t.match(asked.join('\n'), 'systemctl restart partyline-wifi@wlan0.service\nnetworkctl reload');
    t.match(box.radio, key);
    t.match(box.answer, { settings: shownOffice, last: { returned: 'stopped' } });
  },
);

void t.test('a new name or address goes on with the Wi-Fi as it is', async (t) => {
  const box = new FakeBox(t);
  box.start(office);
  const wifi = { name: 'Office', key: true } as const;
  box.appliance.askNetwork({ kind: 'try', id, settings: { ...fresh, wifi } });
  const { work, asked } = change(box, (waited) => {
    if (waited > 3000) box.appliance.askNetwork({ kind: 'keep', id });
  });
  await work;
  t.match(asked.join(), 'networkctl reload');
  t.notMatch(asked.join(), 'partyline-wifi');
  t.match(box.radio, key);
  box.start(office);
  t.match(box.cable, 'Address=10.0.0.5/24');
  t.match(box.radio, key);
});

void t.test('a Wi-Fi that cannot be started is not kept', async (t) => {
  const box = new FakeBox(t);
  const settings = { name: 'lobby', wifi: { name: 'Office', key } };
  box.appliance.askNetwork({ kind: 'try', id, settings });
  const failing = (line: string) => line.startsWith('systemctl restart partyline-wifi');
  const { work, asked } = change(box, () => undefined, failing);
  await work;
  t.match(asked.join(), 'systemctl stop partyline-wifi@wlan0.service');
  t.equal(box.radio, '');
  t.match(box.answer, { settings: { name: 'lobby' }, last: { returned: 'failed' } });
});

void t.test('what is no request is taken away and changes nothing', async (t) => {
  const box = new FakeBox(t);
  const request = join(box.run, 'partyline/requests/network.json');
  const secret = join(box.run, 'secret');
  writeFileSync(secret, JSON.stringify({ kind: 'try', id, settings: fresh }));
  const wrongs = [
    () => writeFileSync(request, 'x'.repeat(20_000)),
    () => writeFileSync(request, '{'),
    () => writeFileSync(request, JSON.stringify({ kind: 'try', id, settings: { name: '../x' } })),
    () =>
      writeFileSync(
        request,
        JSON.stringify({ kind: 'try', id, settings: { name: 'hall', wifi: { name: 'Office', key: true } } }),
      ),
    () => symlinkSync(secret, request),
    () => mkdirSync(request),
  ];
  for (const make of wrongs) {
    make();
    const { work, asked } = change(box, () => undefined);
    await work;
    t.strictSame(asked, [], String(make));
    t.notOk(existsSync(request), 'it is gone');
  }
  t.ok(existsSync(secret), 'what a link leads to is left alone');
  t.strictSame(box.answer, { settings: { name: 'lobby' }, source: 'text' });
});
