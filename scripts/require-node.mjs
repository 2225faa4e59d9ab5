/** Stops with a plain message on a Node.js that the build tools do not run on. Import it first. */
const [major, minor] = process.versions.node.split('.').map(Number);
const fits = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
if (!fits) {
  console.error(`Gatecast needs Node.js 20.19, 22.12 or newer; this is ${process.versions.node}. Install a newer one from nodejs.org.`);
  process.exit(1);
}
