import { NavLink, Outlet } from "react-router";

import { readConfig } from "./config";
import { product } from "./product";

interface LayoutProps {
  /** Path -> name of each page in the navigation, in order. */
  pages: Readonly<Record<string, string>>;
}

/** What surrounds every page. */
export function Layout({ pages }: LayoutProps) {
  const { environment } = readConfig();
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="bar">
        <strong className="brand">{product.name}</strong>
        <nav aria-label="Main">
          {Object.entries(pages).map(([path, name]) => (
            <NavLink key={path} to={path} end>
              {name}
            </NavLink>
          ))}
        </nav>
        {environment !== "production" && <span className="badge">{environment}</span>}
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}
