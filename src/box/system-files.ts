// The files of systemd-networkd, wpa_supplicant and the services that follow from partyline.txt and from what the web page
// set of the network, as text. All of them live under /run, so that a box never keeps what nobody says any more.
import type { NetworkSettings, StaticAddress, Wifi } from '../appliance/index.js';
import type { BoxFile } from './box-file.js';

export interface SystemFile {
  /** Below /run. */
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

export function systemFiles(box: BoxFile): SystemFile[] {
  const { adminPassword, startCode, sshKeys, syslog } = box;
  const files: SystemFile[] = [
    ...networkFiles(box),
    {
      path: 'partyline/settings.env',
      content: [
        ...(adminPassword === undefined ? [] : [`PARTYLINE_ADMIN_PASSWORD=${quoted(adminPassword)}\n`]),
        ...(startCode === undefined ? [] : [`PARTYLINE_START_CODE=${startCode}\n`]),
      ].join(''),
      mode: 0o600,
    },
  ];
  if (sshKeys.length > 0) {
    files.push({ path: 'partyline/authorized_keys', content: `${sshKeys.join('\n')}\n`, mode: 0o644 });
  }
  if (syslog) {
    files.push({
      path: 'partyline/syslog.env',
      content: `SYSLOG_HOST=${syslog.host}\nSYSLOG_PORT=${syslog.port}\n`,
      mode: 0o644,
    });
  }
  return files;
}

/** Files of a Wi-Fi, which are not there without one. */
export const wifiPaths = ['systemd/network/20-wifi.network', 'partyline/wpa_supplicant.conf'] as const;

export function networkFiles({ fixed, wifi }: Pick<NetworkSettings, 'fixed' | 'wifi'>): SystemFile[] {
  // With both plugged in, the cable is the way out.
  const cable = network('Type=ether', fixed, 100);
  const files = [{ path: 'systemd/network/10-ethernet.network', content: cable, mode: 0o644 }];
  if (!wifi) return files;
  // A fixed address is meant for the cable: on two interfaces at once it would work on neither.
  const radio = network('Type=wlan', undefined, 600);
  return [
    ...files,
    { path: wifiPaths[0], content: radio, mode: 0o644 },
    { path: wifiPaths[1], content: supplicant(wifi), mode: 0o600 },
  ];
}

/**
 * The link-local address stays beside a fixed one, so that a wrong fixed address leaves a way in: the box still
 * answers to its mDNS name on the cable.
 */
function network(match: string, fixed: StaticAddress | undefined, metric: number): string {
  const lines = ['[Match]', match, '[Network]', 'LinkLocalAddressing=yes'];
  if (fixed) {
    lines.push('DHCP=no', `Address=${fixed.address}/${fixed.prefix}`);
    for (const server of fixed.dns) lines.push(`DNS=${server}`);
    if (fixed.gateway) lines.push('[Route]', `Gateway=${fixed.gateway}`, `Metric=${metric}`);
  } else {
    // By its MAC address a router knows the box again, over a factory reset too. Its name is its own.
    lines.push('DHCP=yes', '[DHCPv4]', 'ClientIdentifier=mac', 'UseHostname=no', `RouteMetric=${metric}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The name goes in as hexadecimal, like the key: no character needs a quote. */
function supplicant({ name, key, country }: Wifi): string {
  if (key === true) throw new Error('The key of the Wi-Fi is not known here.');
  return [
    ...(country ? [`country=${country}`] : []),
    'network={',
    `  ssid=${Buffer.from(name).toString('hex')}`,
    '  scan_ssid=1',
    ...(key ? ['  key_mgmt=WPA-PSK', `  psk=${key}`] : ['  key_mgmt=NONE']),
    '}',
    '',
  ].join('\n');
}

/** For an EnvironmentFile of systemd: in double quotes only these four are special. */
function quoted(value: string): string {
  return `"${value.replace(/["\\$`]/g, '\\$&')}"`;
}
