/**
 * The modules under test, by what they do: the one place that knows where they lie.
 */

export * as chartLayout from "../../lstm_viz/ui/frontend/chart_layout.js";
export * as numberFormat from "../../lstm_viz/ui/frontend/number_format.js";
export * as stepText from "../../lstm_viz/ui/frontend/step_text.js";
export * as payload from "../../lstm_viz/ui/frontend/payload.js";
export * as messageChannel from "../../lstm_viz/ui/frontend/message_channel.js";
export * as svgContext from "../../lstm_viz/ui/frontend/svg_context.js";
export * as axisLabels from "../../lstm_viz/ui/frontend/axis_labels.js";
export * as plotlyScale from "../../lstm_viz/ui/frontend/plotly_scale.js";
export * as present from "../../lstm_viz/ui/frontend/present.js";
export * as pageKeys from "../../lstm_viz/ui/frontend/page_keys.js";
export * as figureTools from "../../lstm_viz/ui/frontend/plotly_figure_tools.js";
export * as courseProgress from "../../lstm_viz/ui/frontend/course_progress.js";
export * as courseKeys from "../../lstm_viz/ui/frontend/course_keys.js";
export * as courseTurns from "../../lstm_viz/ui/frontend/course_turns.js";
export * as curve from "../../lstm_viz/ui/frontend/curve.js";
export * as questionResults from "../../lstm_viz/ui/frontend/question_results.js";
export * as marking from "../../lstm_viz/ui/frontend/marking.js";
export * as latestLine from "../../lstm_viz/ui/frontend/latest_line.js";
export * as reconnect from "../../lstm_viz/ui/frontend/reconnect.js";
export * as tabClaim from "../../lstm_viz/ui/frontend/tab_claim.js";
export * as addressBar from "../../lstm_viz/ui/frontend/address_bar.js";
export * as browserStorage from "../../lstm_viz/ui/frontend/browser_storage.js";
export * as pageChoices from "../../lstm_viz/ui/frontend/page_choices.js";
