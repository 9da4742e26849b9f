import t from 'tap';
import { parseBoxFile } from '../../src/box/box-file.js';
import { networkFiles, systemFiles, wifiPaths } from '../../src/box/system-files.js';

function made(content: string): Record<string, string> {
  return Object.fromEntries(systemFiles(parseBoxFile(content)).map((file) => [file.path, file.content]));
}

void t.test('without a word it is DHCP on the cable, no Wi-Fi, no SSH, no password', (t) => {
  t.strictSame(made(''), {
    'systemd/network/10-ethernet.network':
      '[Match]\nType=ether\n[Network]\nLinkLocalAddressing=yes\nDHCP=yes\n[DHCPv4]\nClientIdentifier=mac\nUseHostname=no\nRouteMetric=100\n',
    'partyline/settings.env': '',
  });
  t.end();
});

void t.test('a fixed address keeps the link-local one beside it', (t) => {
  const files = made('address = 10.0.0.5/8\ngateway = 10.0.0.1\ndns = 10.0.0.1');
  t.equal(
    files['systemd/network/10-ethernet.network'],
    '[Match]\nType=ether\n[Network]\nLinkLocalAddressing=yes\nDHCP=no\nAddress=10.0.0.5/8\nDNS=10.0.0.1\n[Route]\nGateway=10.0.0.1\nMetric=100\n',
  );
  t.end();
});

void t.test("Wi-Fi: the key is IEEE 802.11i's own example", (t) => {
  const files = made('wifi-name = IEEE\nwifi-password = password\nwifi-country = DE');
  t.equal(
    files['partyline/wpa_supplicant.conf'],
    'country=DE\nnetwork={\n  ssid=49454545\n  scan_ssid=1\n  key_mgmt=WPA-PSK\n' +
      '  psk=f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e\n}\n',
  );
  t.match(files['systemd/network/20-wifi.network'], /Type=wlan/);
  t.end();
});

void t.test('an open network is one only where no password is named', (t) => {
  t.match(made('wifi-name = guests')['partyline/wpa_supplicant.conf'], /key_mgmt=NONE/);
  t.notOk('partyline/wpa_supplicant.conf' in made('wifi-name = x\nwifi-password = short'));
  t.end();
});

void t.test('without its key a Wi-Fi is not made an open one', (t) => {
  t.throws(() => networkFiles({ wifi: { name: 'x', key: true } }));
  t.end();
});

void t.test('the files of a Wi-Fi are those that go with it', (t) => {
  const paths = (files: { path: string }[]) => files.map(({ path }) => path);
  const cable = paths(networkFiles({}));
  t.strictSame(paths(networkFiles({ wifi: { name: 'x' } })), [...cable, ...wifiPaths]);
  t.end();
});

void t.test('a password cannot leave its quotes', (t) => {
  t.equal(
    made('admin-password = a"b\\c$d`e f')['partyline/settings.env'],
    'PARTYLINE_ADMIN_PASSWORD="a\\"b\\\\c\\$d\\`e f"\n',
  );
  t.end();
});

void t.test('the start code goes to the application', (t) => {
  t.equal(made('start-code = 471147')['partyline/settings.env'], 'PARTYLINE_START_CODE=471147\n');
  t.end();
});

void t.test('a syslog server is told to the service that sends there', (t) => {
  t.equal(made('syslog = 192.0.2.9')['partyline/syslog.env'], 'SYSLOG_HOST=192.0.2.9\nSYSLOG_PORT=514\n');
  t.notOk('partyline/syslog.env' in made(''));
  t.end();
});

void t.test('secrets are readable by root alone', (t) => {
  const files = systemFiles(
    parseBoxFile('wifi-name = x\nwifi-password = password\nadmin-password = long enough'),
  );
  for (const { path, mode } of files) {
    if (/settings|supplicant/.test(path)) t.equal(mode, 0o600, path);
  }
  t.end();
});
