"""Says what Ansible does as one JSON object a line on standard output, as it happens; events.ts reads them."""

from __future__ import annotations

import json
import sys

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: trencadis_events
    type: stdout
    short_description: one JSON object a line
    description: Each task's outcome on each host, as it comes.
"""

# The last lines of an output say what went wrong.
LONGEST_OUTPUT = 4000


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "trencadis_events"

    def _say(self, **event):
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()

    def _outcome(self, result, outcome, **more):
        data = result._result
        message = data.get("msg") or data.get("reason") or ""
        if data.get("censored"):
            message = data["censored"]
        self._say(
            event="outcome",
            outcome=outcome,
            host=result._host.get_name(),
            task=result._task.get_name(),
            message=message if isinstance(message, str) else json.dumps(message, default=str),
            output=self._output(data),
            isDelegated=bool(result._task.delegate_to),
            **more,
        )

    def _output(self, data):
        texts = [data.get(key) for key in ("stdout", "module_stdout", "stderr", "module_stderr")]
        whole = "\n".join(text.strip() for text in texts if isinstance(text, str) and text.strip())
        return whole[-LONGEST_OUTPUT:]

    def v2_playbook_on_play_start(self, play):
        self._say(event="play", name=play.get_name())

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._say(event="task", task=task.get_name())

    def v2_playbook_on_handler_task_start(self, task):
        self._say(event="task", task=task.get_name())

    def v2_playbook_on_no_hosts_matched(self):
        self._say(event="no-hosts")

    def v2_runner_on_ok(self, result):
        self._outcome(result, "changed" if result.is_changed() else "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._outcome(result, "ignored" if ignore_errors else "failed", items=self._failed_items(result))

    def v2_runner_on_skipped(self, result):
        self._outcome(result, "skipped")

    def v2_runner_on_unreachable(self, result):
        self._outcome(result, "unreachable")

    def v2_runner_retry(self, result):
        self._outcome(result, "retrying")

    def _failed_items(self, result):
        """What the items of a loop failed with: the loop itself only says that some did."""
        said = []
        for item in result._result.get("results", []):
            if not isinstance(item, dict) or not item.get("failed"):
                continue
            label = item.get("_ansible_item_label", item.get("item"))
            said.append({"item": str(label), "message": str(item.get("msg", "")), "output": self._output(item)})
        return said
