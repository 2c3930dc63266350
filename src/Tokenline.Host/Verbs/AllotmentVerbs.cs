using System.CommandLine;
using System.Text.Json;
using Tokenline.Management.Entitlement;
using static Tokenline.Host.Verbs.ApiVerbs;
using static Tokenline.Host.Verbs.SellingVerbs;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline allotment</c>: departments, projects, members and keys under an account, and what limits them.</summary>
internal static class AllotmentVerbs
{
    public static Command Command()
    {
        var id = Id("id", "The node's id, or account.");
        return Group(
            "allotment",
            "Departments, projects, members and keys under an account, with limits of their own.",
            List(
                "list",
                "The account and every node under it, with what its limits have counted.",
                p => Of(p, "allotments"),
                ["id", "parent", "type", "name", "closed", "limits", "models", "hours"],
                customer
            ),
            Get("show", "One node.", p => Of(p, "allotments") + $"/{Escape(p.GetValue(id))}", id, customer),
            Put(),
            Call(
                "close",
                "No call passes it any more.",
                HttpMethod.Delete,
                p => Of(p, "allotments") + $"/{Escape(p.GetValue(id))}",
                _ => null,
                id,
                customer,
                Key
            ),
            Lease(),
            Call(
                "unlease",
                "Make a leased node a part of the customer's account again.",
                HttpMethod.Delete,
                p => Of(p, "allotments") + $"/{Escape(p.GetValue(id))}/lease",
                _ => null,
                id,
                customer,
                Key
            ),
            List(
                "leases",
                "Nodes that are accounts of their own, and what is out with them.",
                p => Of(p, "leases"),
                ["allotment", "account", "state", "unit", "size", "lent", "consumed", "returned", "out", "until"],
                customer
            )
        );
    }

    private static Command Lease()
    {
        var id = Id("id", "The node's id.");
        var size = new Option<decimal>("--size")
        {
            Description = "What its account is kept supplied with, in whole units; at most twice as much is out.",
            Required = true,
        };
        var unit = Optional("--unit", "The quota unit that is lent; without it: the only one of the account.");
        var validity = new Option<int?>("--validity") { Description = "Seconds that a supply may be held on, 10 to 86400; 60 without it." };
        return Call(
            "lease",
            "Make a node and what lies under it an account of its own, for a pool that is too busy for one owner.",
            HttpMethod.Post,
            p => Of(p, "allotments") + $"/{Escape(p.GetValue(id))}/lease",
            p => new
            {
                size = p.GetValue(size),
                unit = p.GetValue(unit),
                validitySeconds = p.GetValue(validity),
            },
            id,
            customer,
            size,
            unit,
            validity,
            Key
        );
    }

    private static Command Put()
    {
        var id = Optional("--id", "The node to change; without it (and without --account) one is added.");
        var account = new Option<bool>("--account") { Description = "Change the account itself: the limits that all calls meet." };
        var parent = Optional("--parent", "The node that a new one lies under; without it: the account.");
        var name = Optional("--name", "What to call it.");
        var type = Optional("--type", "department, project, member (unless told) or key.");
        var limits = LimitOption.New("A limit of the node");
        var children = LimitOption.New("A limit for children that have none of their own", "--child-limit");
        var models = new Option<string[]>("--model") { Description = "A Model ID that may be called under it; repeat for more." };
        var hours = new Option<string[]>("--hours") { Description = $"When it may be used; repeat for more. {HoursText.Form}" };
        var not = new Option<string[]>("--clear")
        {
            Description = "What is not to be set any more: limits, child-limits, models or hours; repeat for more.",
        };
        not.AcceptOnlyFromAmong("limits", "child-limits", "models", "hours");
        var reopen = new Option<bool>("--reopen") { Description = "Open a node that was closed." };
        var command = new Command("put", "Add a node, or change one. What is not named stays as it is.")
        {
            customer,
            id,
            account,
            parent,
            name,
            type,
            limits,
            children,
            models,
            hours,
            not,
            reopen,
            Key,
        };
        command.SetAction(
            async (p, cancellation) =>
            {
                var node = p.GetValue(account) ? "account" : p.GetValue(id);
                if (node is not null && p.GetValue(parent) is not null)
                    throw new SettingException("A node stays where it is: --parent is for a new one.");
                var cleared = p.GetValue(not) ?? [];
                var given = new Dictionary<string, object?>
                {
                    ["name"] = p.GetValue(name),
                    ["type"] = p.GetValue(type),
                    ["limits"] = LimitOption.Read(p, limits),
                    ["childLimits"] = LimitOption.Read(p, children),
                    ["models"] = p.GetValue(models) is { Length: > 0 } m ? m : null,
                    ["hours"] = p.GetValue(hours) is { Length: > 0 } h ? h.Select(HoursText.Parse).ToArray() : null,
                };
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var path = Of(p, "allotments");
                JsonElement answer;
                if (node is null)
                {
                    given["parent"] = p.GetValue(parent);
                    answer = await management.SendAsync(HttpMethod.Post, path, given, cancellation, KeyOf(p));
                }
                else
                {
                    path += $"/{Escape(node)}";
                    Keep(given, await management.GetAsync(path, cancellation), cleared);
                    if (p.GetValue(reopen))
                        given["closed"] = false;
                    answer = await management.SendAsync(HttpMethod.Put, path, given, cancellation, KeyOf(p));
                }
                Output.Show(answer, p.GetValue(Json));
                return 0;
            }
        );
        return command;
    }

    /// <summary>The API replaces; a person who changes the hours does not mean to lift the limits.</summary>
    private static void Keep(Dictionary<string, object?> given, JsonElement node, string[] cleared)
    {
        if (given["limits"] is null && !cleared.Contains("limits") && !node.GetProperty("inheritsLimits").GetBoolean())
            given["limits"] = node.GetProperty("limits").EnumerateArray().Select(limit => limit.GetProperty("limit")).ToArray();
        foreach (var (field, word) in new[] { ("childLimits", "child-limits"), ("models", "models"), ("hours", "hours") })
        {
            if (given[field] is null && !cleared.Contains(word) && node.TryGetProperty(field, out var known))
                given[field] = known;
        }
    }
}

/// <summary>Hours as people write them: <c>07:00-21:30</c>, <c>saturday,sunday 09:00-22:00</c>, <c>07:00-21:30 on homework-tutor</c>.</summary>
internal static class HoursText
{
    public const string Form = "[DAY,DAY ]FROM-UNTIL[ on MODEL,MODEL], such as 07:00-21:30 or saturday,sunday 09:00-22:00.";

    public static HoursBody Parse(string text)
    {
        var on = text.IndexOf(" on ", StringComparison.Ordinal);
        var models = on < 0 ? null : Parts(text[(on + 4)..], ',');
        var words = Parts(on < 0 ? text : text[..on], ' ');
        if (words.Length is 0 or > 2 || Parts(words[^1], '-') is not [var from, var until] || !IsTime(from) || !IsTime(until))
            throw new SettingException($"'{text}' are no hours. {Form}");
        return new(from, until, Days: words.Length == 2 ? Parts(words[0], ',') : null, Models: models);

        static bool IsTime(string text) => TimeOnly.TryParseExact(text, "H:mm", out _);

        static string[] Parts(string joined, char by) =>
            joined.Split(by, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
