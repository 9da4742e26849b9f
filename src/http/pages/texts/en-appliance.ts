// What only a box from the SD-card image can do on its page, in English: network, updates, factory reset.

export const network = {
  title: 'Network',
  elsewhere:
    'On this machine the operating system sets the network; a box from the SD-card image can be set here.',
  silent: 'The part of the box that sets the network does not answer. Start the box again.',
  same: 'These settings are in force already.',
  name: 'Name on the network',
  nameHelp:
    'Letters, digits and hyphens, for example partyline: this page is then at http://partyline.local too.',
  way: 'Address of the cable',
  wayHelp: 'The fields below are for a fixed address.',
  ways: { dhcp: 'as the network says (DHCP)', fixed: 'fixed' },
  address: 'Fixed address',
  addressHelp: 'With the length of the network’s prefix: /24 goes with the mask 255.255.255.0.',
  gateway: 'Router',
  gatewayHelp: 'The way out of the network; empty = there is none.',
  dns: 'Name servers',
  dnsHelp: 'Up to three addresses with blanks between them; often that of the router.',
  mistakes: {
    name: 'Use letters, digits and hyphens, 63 at most, and not digits alone.',
    form: 'An address with its prefix is needed, as in 192.168.1.20/24.',
    edge: 'This is the network’s own or its broadcast address; take another one.',
    gateway: 'The router needs another address of the same network.',
    dns: 'Up to three IPv4 addresses.',
    wifiName: 'The name of the Wi-Fi is needed, 32 bytes at most.',
    wifiPassword: 'Use 8 to 63 characters: letters without accents, digits, punctuation.',
    wifiNoPassword: 'The box has no password for this Wi-Fi yet; type it.',
    wifiCountry: 'Two letters are needed, as in DE.',
  },
  wifi: 'Wi-Fi',
  wifiHelp:
    'When both are there, the cable is the way out. A fixed address is the cable’s; by Wi-Fi the box always takes what the network says (DHCP).',
  wifiWays: { off: 'off', key: 'with a password (WPA2)', open: 'open, without a password' },
  wifiOpen: 'Open Wi-Fi',
  wifiName: 'Name of the Wi-Fi',
  wifiNameHelp: 'Capitals and small letters count.',
  wifiPassword: 'Password of the Wi-Fi',
  wifiPasswordHelp: '8 to 63 characters.',
  wifiPasswordKept: 'Empty = the present one stays, for the same Wi-Fi.',
  wifiCountry: 'Country of the box',
  wifiCountryHelp:
    'Two letters, for example DE: it says which channels are allowed. Empty = those that are allowed everywhere.',
  wifiNow: 'Wi-Fi at this moment',
  wifiStates: {
    connected: 'connected',
    apart: 'not connected',
    missing: 'this box has none',
  },
  sources: {
    text: 'These settings come from partyline.txt on the card, or are as delivered.',
    page: 'These settings were made here. Any change of partyline.txt on the card takes their place.',
  },
  tryHelp: (minutes: number) =>
    `New settings are on trial for ${minutes} minutes. Unless somebody opens this page by them and keeps them, the old ones come back by themselves.`,
  calls: (count: number) =>
    count === 1
      ? 'One call is going on; a new address ends it.'
      : `${count} calls are going on; a new address ends them.`,
  submit: 'Try these settings',
  trial: 'On trial',
  onTrial: 'New network settings are on trial; keep them, or they are taken back:',
  left: 'Taken back in',
  open: 'Open this page by the new settings, log in there if you are asked, and keep them:',
  reached: 'You have reached the box by the new settings.',
  trialHelp: 'Without that the old settings come back; so they do when the box starts again.',
  keep: 'Keep them',
  goBack: 'Go back to the old ones',
  kept: 'The new settings are kept.',
  returned: {
    unconfirmed: 'The old settings are back, because nobody kept the new ones in time.',
    asked: 'The old settings are back.',
    stopped: 'The old settings are back, because the trial of the new ones was interrupted.',
    failed: 'The old settings are back, because the new ones could not be put in force.',
  },
};

export const updates = {
  title: 'Update',
  elsewhere:
    'On this machine the operating system installs updates; a box from the SD-card image gets them here.',
  running: 'Version that runs',
  file: 'Update file',
  fileHelp: 'It ends in .raucb.',
  fromFile: 'From a file',
  upload: 'Upload',
  fromUrl: 'From a web server',
  url: 'Address of the file',
  urlHelp:
    'With http or https; also on a server of your own network. What comes is installed only with the right signature.',
  fetch: 'Fetch',
  badUrl: 'A complete address of a file is needed, as in https://server.example/partyline.raucb.',
  noFile: 'Choose a file.',
  busy: 'An update is on its way already.',
  intro:
    'The new version is put beside the one that runs; a backup is made first. When the new version is not healthy after the restart, the box goes back by itself.',
  none: 'No update is on its way.',
  fetching: (source: string) => `${source} is on its way to the box.`,
  progress: 'Progress',
  bytes: (done: string, all: string) => `${done} of ${all}`,
  verifying: 'The box looks whose update this is.',
  ready: (version: string) => `Version ${version} is ready to be installed. Its signature is right.`,
  calls: (count: number) =>
    count === 0
      ? 'Nobody is in a call now.'
      : count === 1
        ? 'One call is going on.'
        : `${count} calls are going on.`,
  now: 'Install now',
  nowHelp: 'The restart at the end stops every call; it takes a minute or two.',
  quiet: 'Install when nobody is in a call',
  discard: 'Discard',
  cancel: 'Cancel',
  waiting: {
    install: (version: string) => `Version ${version} waits until nobody is in a call.`,
    restart: (version: string) =>
      `Version ${version} is installed. The box restarts with it when nobody is in a call.`,
  },
  hurry: { install: 'Do not wait', restart: 'Restart now' },
  backingUp: 'A backup is made.',
  installing: (version: string) =>
    `Version ${version} is being installed. Leave the box switched on; calls go on meanwhile.`,
  restarting: (version: string) =>
    `The box restarts with version ${version}. This page comes back by itself in a minute or two.`,
  ends: {
    proving: (version: string) =>
      `Version ${version} runs and looks whether everything works. If not, the old one comes back by itself.`,
    kept: (version: string) => `Version ${version} works and is kept.`,
    returned: (version: string, from: string) =>
      `Version ${version} was installed but did not work; the box went back to ${from}.`,
    interrupted: (version: string) =>
      `Version ${version} was not installed to its end, because the box was switched off. Nothing has changed; try again.`,
  },
  said: (detail: string) => `The box says: ${detail}`,
  refused: {
    signature: 'This update is not signed by the maker of this box. Nothing was changed.',
    product: 'This update is for another product. Nothing was changed.',
    damaged: 'This file is no update, or not whole. Nothing was changed.',
    url: 'The address cannot be read. Nothing was changed.',
    address: 'The box may not fetch anything from this address. Nothing was changed.',
    answer: 'The server does not have this file. Nothing was changed.',
    connection: 'The connection broke off before the file was there. Nothing was changed.',
    time: 'The file did not come in time. Nothing was changed.',
    'too-large': 'The file is too large for an update. Nothing was changed.',
    'no-space': 'There is not enough free space for this file. Delete old recordings first.',
    backup: 'No backup could be made, so the update was not installed. Look for free space.',
    install: 'The update could not be installed. The version that runs goes on.',
    silent: 'The part of the box that installs updates does not answer. Start the box again.',
  },
  backups: 'Backups of before an update',
  backupsHelp: 'The newest three are kept on the box. They hold PINs: keep what you download safe.',
};

export const reset = {
  title: 'Factory reset',
  elsewhere: 'Only a box from the SD-card image can be set back here.',
  intro:
    'Everything that this box remembers is erased: conferences, admins, sounds, recordings, calls, and what was set here for the network. The version stays. partyline.txt on the card is in force afterwards.',
  backup: 'Download a backup first, if you may want anything of it back.',
  sure: 'Yes, erase everything',
  notSure: 'Tick the box to say that you are sure.',
  submit: 'Erase and restart',
  asked:
    'The box restarts and is as delivered then. The new start code is in partyline-result.txt on the card.',
};
