using System.Net;
using System.Text.RegularExpressions;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Tests;

/// <summary>A form as it stands on a page, with what it would send if nobody typed anything.</summary>
internal sealed partial record FormOnPage(
    string Handler,
    IReadOnlyList<KeyValuePair<string, string>> Fields,
    IReadOnlyList<string> Empty,
    bool IsConfirmed
)
{
    /// <summary>The forms of a page that change something, in their order; not those of its frame.</summary>
    public static IReadOnlyList<FormOnPage> Of(Page page)
    {
        var forms = new List<FormOnPage>();
        foreach (Match form in Forms().Matches(page.Body))
        {
            if (Handlers().Match(form.Value) is not { Success: true } handler)
                continue;
            var (fields, empty) = (new List<KeyValuePair<string, string>>(), new List<string>());
            foreach (Match input in Inputs().Matches(form.Value))
            {
                var (name, value, type) = (Attribute(input.Value, "name"), Attribute(input.Value, "value"), Attribute(input.Value, "type"));
                if (
                    name is null or "_handler"
                    || type == "file"
                    || (type is "checkbox" or "radio" && !input.Value.Contains("checked", StringComparison.Ordinal))
                )
                    continue;
                if (string.IsNullOrEmpty(value) && type != "hidden")
                    empty.Add(name);
                else
                    fields.Add(KeyValuePair.Create(name, value ?? ""));
            }
            foreach (Match select in Selects().Matches(form.Value))
            {
                if (Options().Match(select.Value) is { Success: true } option)
                    fields.Add(KeyValuePair.Create(Attribute(select.Value, "name")!, option.Groups["value"].Value));
            }
            forms.Add(new(handler.Groups["name"].Value, fields, empty, form.Value.Contains("name=\"step\"", StringComparison.Ordinal)));
        }
        return forms;
    }

    public (string, string)[] With(params (string Name, string Value)[] typed) =>
        [.. Fields.Where(field => typed.All(one => one.Name != field.Key)).Select(field => (field.Key, field.Value)), .. typed];

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $"\\s{name}=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            is { Success: true } found
            ? WebUtility.HtmlDecode(found.Groups["value"].Value)
            : null;

    [GeneratedRegex("<form method=\"post\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("name=\"_handler\" value=\"(?<name>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Handlers();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Inputs();

    [GeneratedRegex("<select[^>]*>.*?</select>", RegexOptions.Singleline)]
    private static partial Regex Selects();

    [GeneratedRegex("<option value(=\"(?<value>[^\"]*)\")?", RegexOptions.ExplicitCapture)]
    private static partial Regex Options();
}

internal static class StaffVisits
{
    /// <summary>Where a page leads to, without the site.</summary>
    public static string? PathOf(this Page page) =>
        page.Location is { } location
            ? (
                Uri.TryCreate(location, UriKind.Absolute, out var whole) && whole.IsAbsoluteUri && whole.Scheme != "file"
                    ? whole.PathAndQuery
                    : location
            )
            : null;

    /// <summary>A browser in which the demo's person of a role is signed in.</summary>
    public static async Task<Visit> AsAsync(this PortalServer server, StaffRole role)
    {
        var person = DemoStaff.All.Single(one => one.Role == role);
        var session = await server.Get<Tokenline.Commerce.Access.Sessions>().BeginAsync(person.PhoneNumber, null, "Test", "127.0.0.1");
        return new Visit(server.Url, session.Secret);
    }

    /// <summary>Sends a form that asks for a preview and a reason, all the way. The answer to its second step.</summary>
    public static async Task<Page> ConfirmAsync(
        this Visit visit,
        string address,
        string form,
        string reason,
        params (string, string)[] typed
    )
    {
        var first = FormOnPage.Of(await visit.GetAsync(address)).Single(one => one.Handler == form);
        var preview = await visit.PostAsync(address, form, [.. first.With(typed), ("step", "preview")]);
        var second = FormOnPage.Of(preview).Single(one => one.Handler == form);
        return await visit.PostAsync(address, form, [.. second.With(($"{form}-reason", reason)), ("step", "confirm")]);
    }
}
