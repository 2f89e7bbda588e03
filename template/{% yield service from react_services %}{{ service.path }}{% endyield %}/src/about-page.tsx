import { readConfig } from "./config";
import { product } from "./product";

/** What this is, and which environment it runs in. */
export function AboutPage() {
  const { environment } = readConfig();
  return (
    <article>
      <title>{`About · ${product.name}`}</title>
      <h1>About</h1>
      <p className="lead">{product.description}</p>
      <dl className="card facts">
        <div>
          <dt>Environment</dt>
          <dd>{environment}</dd>
        </div>
        <div>
          <dt>Origin</dt>
          <dd>{window.location.origin}</dd>
        </div>
      </dl>
    </article>
  );
}
