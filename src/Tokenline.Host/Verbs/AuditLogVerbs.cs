using System.CommandLine;
using System.Text.Json;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline audit-log</c>: who changed what, and whether nobody has touched the record of it.</summary>
internal static class AuditLogVerbs
{
    public static Command Command()
    {
        var actor = Optional("--actor", "A member of staff (stf_…), a member (mbr_…), or the name of a key.");
        var action = Optional("--action", "A whole action, or its beginning with a dot at the end: staff.");
        var kind = Optional("--kind", "What kind of thing was changed.");
        var id = Optional("--id", "Which one.");
        var customer = Optional("--customer", "Whom it concerns, pty_….");
        var vendor = Optional("--vendor", "The vendor whom it concerns.");
        var from = Optional("--from", "At this instant or later.");
        var to = Optional("--to", "Before this instant.");
        var before = Optional("--before", "Older than this entry, aud_….");
        Option<string?>[] filters = [actor, action, kind, id, customer, vendor, from, to, before];
        return Group(
            "audit-log",
            "Who changed what, when and why.",
            List(
                "list",
                "Entries, newest first.",
                p =>
                    "audit-log?"
                    + string.Join(
                        '&',
                        filters
                            .Where(filter => p.GetValue(filter) is not null)
                            .Select(filter => $"{filter.Name[2..]}={Escape(p.GetValue(filter))}")
                    ),
                ["number", "at", "who.kind", "who.id", "action", "on.kind", "on.id", "stage", "why"],
                filters
            ),
            Verify()
        );
    }

    private static Command Verify()
    {
        var head = Optional("--head", "NUMBER:HASH of an earlier verification: finds an end that was cut off as well.");
        var command = new Command("verify", "Read the whole chain. Exit code 1 if it does not hold.") { head };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var known = parsed.GetValue(head)?.Split(':');
                if (known is { Length: not 2 })
                    throw new SettingException("--head is NUMBER:HASH, as an earlier verification has printed it.");
                var query = known is null ? "" : $"?number={Escape(known[0])}&hash={Escape(known[1])}";
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var answer = await management.GetAsync($"audit-log/verification{query}", cancellation);
                if (parsed.GetValue(Json))
                    Output.Show(answer, asJson: true);
                else
                    Terminal.Current.Out.WriteLine(Words(answer));
                return answer.GetProperty("whole").GetBoolean() ? 0 : 1;
            }
        );
        return command;
    }

    private static string Words(JsonElement answer)
    {
        var entries = answer.GetProperty("entries").GetInt64();
        if (!answer.GetProperty("whole").GetBoolean())
            return $"NOT whole: {answer.GetProperty("reason").GetString()}";
        return entries == 0
            ? "whole: no entry yet"
            : $"whole: {entries} entries; head {answer.GetProperty("number").GetInt64()}:{answer.GetProperty("hash").GetString()}";
    }
}
