import { Component, type ReactNode } from "react";

interface BoundaryProps {
  /** Shown in place of what could not be drawn. */
  fallback: ReactNode;
  /** When it changes after a failure the page is loaded anew. */
  again: number;
  /** Told before it is. */
  onAgain: () => void;
  children: ReactNode;
}

/** Keeps a failure within a screen: a part of the program that could not be loaded, or a bug. */
export class Boundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  // A browser remembers what it could not load: only a new page asks again.
  override componentDidUpdate(before: BoundaryProps) {
    if (!this.state.failed || before.again === this.props.again) return;
    this.props.onAgain();
    window.location.reload();
  }

  override render() {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
