// Writes the lock of the image's Debian packages: name, version and SHA-256 of each, one a line, sorted. apt checks
// what it fetches against the sums in the mirror's signed lists, so the sum of the list is the sum of the package.
//
// usage: packages-lock.mjs INSTALLED LISTS   INSTALLED: "name version" a line; LISTS: "name version sha256" a line
import { readFileSync } from 'node:fs';
import { argv, stdout } from 'node:process';

const [installedFile, listsFile] = argv.slice(2);
const lines = (file) => readFileSync(file, 'utf8').split('\n').filter(Boolean);

const sums = new Map(
  lines(listsFile).map((line) => {
    const [name, version, sum] = line.split(' ');
    return [`${name} ${version}`, sum];
  }),
);
const locked = lines(installedFile).map((line) => {
  const package_ = line.trim();
  const sum = sums.get(package_);
  if (!sum) throw new Error(`The mirror's lists do not have ${package_}.`);
  return `${package_} ${sum}`;
});
stdout.write(
  '# Made by "make image-lock": every Debian package of the image, its version and the SHA-256 of its file.\n',
);
stdout.write(`${[...new Set(locked)].sort().join('\n')}\n`);
