/** Version of the app, from package.json; set when it is built. */
declare const __GATECAST_VERSION__: string;

declare module '*.json?raw' {
  const text: string;
  export default text;
}
