import { lazy } from "react";
import { Route, Routes } from "react-router";
import { NotFound } from "./shell/NotFound";
import { Shell } from "./shell/Shell";

const Dashboard = lazy(() => import("./pages/dashboard/DashboardPage"));
const Charts = lazy(() => import("./pages/charts/ChartsPage"));
const Config = lazy(() => import("./pages/config/ConfigPage"));
const Monitoring = lazy(() => import("./pages/monitoring/MonitoringPage"));
const Validation = lazy(() => import("./pages/validation/ValidationPage"));
const Schema = lazy(() => import("./pages/schema/SchemaPage"));

/** Which screen an address shows. */
export function Screens() {
  return (
    <Routes>
      <Route element={<Shell />}>
        <Route index element={<Dashboard />} />
        <Route path="charts" element={<Charts />} />
        <Route path="config" element={<Config />} />
        <Route path="monitoring" element={<Monitoring />} />
        <Route path="validation" element={<Validation />} />
        <Route path="schema" element={<Schema />} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
