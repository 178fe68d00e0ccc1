import { AppShell, Burger, Group, Loader, NavLink, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconActivity,
  IconChartBar,
  IconChecklist,
  IconLayoutDashboard,
  IconSettings,
  IconTable,
} from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { NavLink as RouterLink, Outlet, useLocation } from "react-router";
import { rememberReturn, useLive } from "@/api/live";
import { useMe } from "@/api/session";
import { Boundary } from "@/ui/Boundary";
import { Failure } from "@/ui/States";
import { Connection } from "./Connection";
import { Preferences } from "./Preferences";
import classes from "./Shell.module.css";

const Account = lazy(() => import("./Account"));

const SECTIONS = [
  { to: "/", name: "dashboard", icon: IconLayoutDashboard },
  { to: "/charts", name: "charts", icon: IconChartBar },
  { to: "/monitoring", name: "monitoring", icon: IconActivity },
  { to: "/validation", name: "validation", icon: IconChecklist },
  { to: "/schema", name: "schema", icon: IconTable },
  { to: "/config", name: "config", icon: IconSettings },
] as const;

export function Shell() {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure();
  const me = useMe();
  const { pathname } = useLocation();
  const returns = useLive((live) => live.returns);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={{ base: "md", md: "xl" }}
    >
      <AppShell.Header className={classes.header ?? ""}>
        <a href="#content" className={classes.skip}>
          {t("shell.skip")}
        </a>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t("shell.menu")}
            />
            <img src="/icon.svg" width={28} height={28} alt="" />
            <Text fw={700} size="lg">
              Bridge24
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Connection />
            <Preferences />
            {me.data?.auth_enabled && (
              <Suspense>
                <Account />
              </Suspense>
            )}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar
        p="sm"
        style={{ overflowY: "auto" }}
        component="nav"
        aria-label={t("nav.label")}
      >
        <Sections onChosen={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <div className={classes.content}>
          <Boundary key={pathname} again={returns} onAgain={rememberReturn} fallback={<Broken />}>
            <Suspense fallback={<Loader aria-label={t("loading")} />}>
              <Outlet />
            </Suspense>
          </Boundary>
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

function Broken() {
  const { t } = useTranslation();
  return (
    <Failure
      title={t("broken")}
      message={t("brokenText")}
      onRetry={() => window.location.reload()}
    />
  );
}

function Sections({ onChosen }: { onChosen: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <>
      {SECTIONS.map(({ to, name, icon: Icon }) => {
        const active = to === "/" ? pathname === "/" : pathname.startsWith(to);
        return (
          <NavLink
            key={to}
            component={RouterLink}
            to={to}
            label={t(`nav.${name}`)}
            leftSection={<Icon size={20} stroke={1.6} aria-hidden />}
            active={active}
            onClick={onChosen}
            className={classes.section ?? ""}
          />
        );
      })}
    </>
  );
}
