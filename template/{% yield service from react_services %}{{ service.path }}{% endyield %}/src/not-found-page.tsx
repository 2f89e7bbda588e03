import { Link } from "react-router";

import { product } from "./product";

/** The page for every path that leads nowhere. */
export function NotFoundPage() {
  return (
    <article>
      <title>{`Not found · ${product.name}`}</title>
      <h1>Not found</h1>
      <p className="lead">There is no page at this address.</p>
      <Link to="/">Back to the start</Link>
    </article>
  );
}
