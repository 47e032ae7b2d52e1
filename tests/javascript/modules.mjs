/**
 * The modules under test, by what they do: the one place that knows where they lie.
 */

export * as chartLayout from "../../lstm_viz/ui/live/plan.js";
export * as numberFormat from "../../lstm_viz/ui/live/words.js";
export * as stepText from "../../lstm_viz/ui/live/moments.js";
export * as payload from "../../lstm_viz/ui/live/frame.js";
export * as messageChannel from "../../lstm_viz/ui/live/exchange.js";
