import t from 'tap';
import { wifiOf } from '../../src/appliance/index.js';
import { mostBytes, parseBoxFile } from '../../src/box/box-file.js';

void t.test('an empty file is a box on DHCP under its usual name', (t) => {
  t.strictSame(parseBoxFile(''), { name: 'partyline', sshKeys: [], problems: [] });
  t.end();
});

void t.test('everything a file can say', (t) => {
  const box = parseBoxFile(
    [
      '# a remark',
      'Name = Lobby-1',
      'address=192.168.1.20/24',
      'gateway = 192.168.1.1',
      'dns = 192.168.1.1, 9.9.9.9',
      'wifi-name = Our = office',
      'wifi-password = correct horse',
      'wifi-country = de',
      'admin-password = long "enough" $x',
      'start-code = 4711-4712',
      `ssh-key = ssh-ed25519 ${'A'.repeat(68)} admin@desk`,
    ].join('\n'),
  );
  t.strictSame(box, {
    name: 'lobby-1',
    fixed: {
      address: '192.168.1.20',
      prefix: 24,
      gateway: '192.168.1.1',
      dns: ['192.168.1.1', '9.9.9.9'],
    },
    wifi: { ...wifiOf({ name: 'Our = office', password: 'correct horse' }).wifi, country: 'DE' },
    adminPassword: 'long "enough" $x',
    startCode: '4711-4712',
    sshKeys: [`ssh-ed25519 ${'A'.repeat(68)} admin@desk`],
    problems: [],
  });
  t.end();
});

void t.test('a file from an editor of Windows, with its mark and its line ends', (t) => {
  t.strictSame(parseBoxFile('\ufeffname = lobby\r\naddress = dhcp\r\n'), {
    name: 'lobby',
    sshKeys: [],
    problems: [],
  });
  t.end();
});

void t.test('a wrong address leaves the box on DHCP, and says so', (t) => {
  const wrong = [
    'address = 192.168.1.20',
    'address = 192.168.1.300/24',
    'address = 192.168.1.20/31',
    'address = 192.168.1.0/24',
    'address = 192.168.1.255/24',
    'address = 127.0.0.1/8',
    'address = 224.0.0.1/24',
    'address = 192.168.1.20/24\ngateway = 192.168.2.1',
    'address = 192.168.1.20/24\ngateway = 192.168.1.20',
    'address = 192.168.1.20/24\ngateway = router',
  ];
  for (const content of wrong) {
    const { fixed, problems } = parseBoxFile(content);
    t.equal(fixed, undefined, content);
    t.match(problems, [/DHCP/], content);
  }
  t.end();
});

void t.test('one bad line costs only itself', (t) => {
  const box = parseBoxFile('name = lobby\nnonsense\ncolour = red\nwifi-name = x\nwifi-password = short\n');
  t.equal(box.name, 'lobby');
  t.equal(box.wifi, undefined, 'no open network in place of the protected one');
  t.match(box.problems, [/Line 2/, /"colour"/, /wifi-password/]);
  t.end();
});

void t.test('no password is repeated in a problem', (t) => {
  const { problems } = parseBoxFile('admin-password = hunter2\nwifi-name = x\nwifi-password = tiny7\n');
  t.equal(problems.length, 2);
  t.notMatch(problems.join(' '), /hunter2|tiny7/);
  t.end();
});

void t.test('a start code that would be guessed, or is none, is refused and not repeated', (t) => {
  for (const code of ['12345', '1-2-3-4-5', 'two words', 'a'.repeat(65), 'a"b\\c$d']) {
    const { startCode, problems } = parseBoxFile(`start-code = ${code}`);
    t.equal(startCode, undefined, code);
    t.strictSame(problems, ['start-code must have 6 to 64 letters, digits and hyphens.']);
  }
  t.end();
});

void t.test('names that are none, and keys with options, are refused', (t) => {
  for (const name of ['-a', 'a-', 'two words', 'a'.repeat(64), '12345', 'ä']) {
    t.equal(parseBoxFile(`name = ${name}`).name, 'partyline', name);
  }
  const option = parseBoxFile(`ssh-key = command="sh" ssh-ed25519 ${'A'.repeat(68)}`);
  t.strictSame(option.sshKeys, []);
  t.equal(option.problems.length, 1);
  t.end();
});

void t.test('a huge file, a binary one and one full of mistakes stay bounded', (t) => {
  t.match(parseBoxFile('x'.repeat(mostBytes + 1)).problems, [/longer/]);
  t.equal(parseBoxFile('bad\n'.repeat(1000)).problems.length, 20);
  t.match(parseBoxFile('name = a\u0000b').problems, [/Line 1/]);
  t.end();
});

void t.test('a syslog server is an address or a name, with or without a port', (t) => {
  t.strictSame(parseBoxFile('syslog = 192.0.2.9').syslog, { host: '192.0.2.9', port: 514 });
  t.strictSame(parseBoxFile('syslog = logs.example.com:1514').syslog, {
    host: 'logs.example.com',
    port: 1514,
  });
  for (const wrong of [
    '300.1.1.1',
    'a b',
    '-x',
    '$(reboot)',
    '192.0.2.9:0',
    '192.0.2.9:70000',
    '1:2:3',
    'x:',
  ]) {
    const box = parseBoxFile(`syslog = ${wrong}`);
    t.equal(box.syslog, undefined, wrong);
    t.match(box.problems, [/syslog must be/]);
  }
  t.end();
});
