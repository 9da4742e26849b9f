// Was nur eine Box von der SD-Karte auf ihrer Seite kann, auf Deutsch: Netzwerk, Updates, Auslieferungszustand.
import type { Texts } from './en.js';

export const network: Texts['network'] = {
  title: 'Netzwerk',
  elsewhere:
    'Auf dieser Maschine stellt das Betriebssystem das Netzwerk ein; bei einer Box von der SD-Karte geht es hier.',
  silent: 'Der Teil der Box, der das Netzwerk einstellt, antwortet nicht. Starten Sie die Box neu.',
  same: 'Diese Einstellungen gelten schon.',
  name: 'Name im Netzwerk',
  nameHelp:
    'Buchstaben, Ziffern und Bindestriche, zum Beispiel partyline: Diese Seite ist dann auch unter http://partyline.local.',
  way: 'Adresse am Kabel',
  wayHelp: 'Die Felder darunter gehören zu einer festen Adresse.',
  ways: { dhcp: 'wie das Netz sie vergibt (DHCP)', fixed: 'fest' },
  address: 'Feste Adresse',
  addressHelp: 'Mit der Länge des Netzpräfixes: /24 gehört zur Maske 255.255.255.0.',
  gateway: 'Router',
  gatewayHelp: 'Der Weg aus dem Netz hinaus; leer heißt: keiner.',
  dns: 'Nameserver',
  dnsHelp: 'Bis zu drei Adressen mit Leerzeichen dazwischen; oft die des Routers.',
  mistakes: {
    name: 'Buchstaben, Ziffern und Bindestriche, höchstens 63, und nicht nur Ziffern.',
    form: 'Gebraucht wird eine Adresse mit ihrem Präfix, wie 192.168.1.20/24.',
    edge: 'Das ist die Adresse des Netzes selbst oder seine Rundruf-Adresse; nehmen Sie eine andere.',
    gateway: 'Der Router braucht eine andere Adresse desselben Netzes.',
    dns: 'Bis zu drei IPv4-Adressen.',
  },
  sources: {
    text: 'Diese Einstellungen kommen aus partyline.txt auf der Karte oder sind wie ausgeliefert.',
    page: 'Diese Einstellungen wurden hier gemacht. Jede Änderung von partyline.txt auf der Karte löst sie ab.',
  },
  tryHelp: (minutes) =>
    `Neue Einstellungen gelten ${minutes} Minuten auf Probe. Öffnet bis dahin niemand diese Seite damit und behält sie, kommen die alten von selbst zurück.`,
  calls: (count) =>
    count === 1
      ? 'Ein Gespräch läuft; eine neue Adresse beendet es.'
      : `${count} Gespräche laufen; eine neue Adresse beendet sie.`,
  submit: 'Diese Einstellungen probieren',
  trial: 'Auf Probe',
  left: 'Zurückgenommen in',
  open: 'Öffnen Sie diese Seite mit den neuen Einstellungen, melden Sie sich dort an, wenn Sie gefragt werden, und behalten Sie sie:',
  reached: 'Sie haben die Box mit den neuen Einstellungen erreicht.',
  trialHelp: 'Sonst kommen die alten Einstellungen zurück; auch dann, wenn die Box neu startet.',
  keep: 'Behalten',
  goBack: 'Zurück zu den alten',
  kept: 'Die neuen Einstellungen bleiben.',
  returned: {
    unconfirmed: 'Die alten Einstellungen gelten wieder, weil niemand die neuen rechtzeitig behalten hat.',
    asked: 'Die alten Einstellungen gelten wieder.',
    stopped: 'Die alten Einstellungen gelten wieder, weil die Probe der neuen unterbrochen wurde.',
    failed: 'Die alten Einstellungen gelten wieder, weil die neuen nicht in Kraft gesetzt werden konnten.',
  },
};
