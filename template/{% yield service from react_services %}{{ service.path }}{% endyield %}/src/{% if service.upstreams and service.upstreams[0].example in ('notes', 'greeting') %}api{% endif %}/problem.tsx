import { ApiError } from "./client";

interface ProblemProps {
  error: unknown;
  /** What the button to try again does; without it there is none. */
  onRetry?: () => void;
}

/** Says what went wrong, to screen readers at once. */
export function Problem({ error, onRetry }: ProblemProps) {
  return (
    <div className="problem" role="alert">
      <p>{error instanceof ApiError ? error.message : "Something went wrong."}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
