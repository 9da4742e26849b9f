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
