/** What differs between the environments that run the same image. */
export interface Config {
  readonly environment: string;
}

declare global {
  interface Window {
    /** Set by /config.js, which nginx makes up from the environment of its container. */
    config?: Partial<Config>;
  }
}

const defaults: Config = { environment: "development" };

/** Return the configuration of the environment that the page was loaded from. */
export function readConfig(): Config {
  return { ...defaults, ...window.config };
}
