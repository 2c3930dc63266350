using System.Globalization;
using System.Text.Json;

namespace Tokenline.Host.Doctor;

/// <summary>Which keys secrets are sealed under, and which of them are still needed.</summary>
internal static class SecretsLook
{
    private const string About = "sealing keys";

    public static async Task<IReadOnlyList<Finding>> TakeAsync(Settings settings, CancellationToken cancellation)
    {
        if (!await ManagementAccess.IsServingAsync(cancellation))
            return [];
        await using var management = await ManagementAccess.OpenAsync(cancellation);
        return Of(await management.GetAsync("secrets", cancellation));
    }

    /// <param name="state">As <c>GET /secrets</c> answers.</param>
    internal static List<Finding> Of(JsonElement state)
    {
        var findings = new List<Finding>();
        foreach (var key in state.GetProperty("items").EnumerateArray())
        {
            var (id, count) = (key.GetProperty("id").GetString(), key.GetProperty("sealed").GetInt64());
            var says = string.Create(CultureInfo.InvariantCulture, $"{count:N0} secrets are sealed under the key {id}");
            if (!key.GetProperty("here").GetBoolean())
                findings.Add(
                    Finding.Ill(
                        About,
                        $"{says}, which the key file does not hold: they do not open",
                        "Put it back, from another node or from where the backups are."
                    )
                );
            else if (key.GetProperty("seals").GetBoolean())
                findings.Add(Finding.Well(About, $"{says}, which seals now"));
            else if (count > 0)
                findings.Add(Finding.Watch(About, $"{says}, an older one", "tokenline secret rotate"));
            else
                findings.Add(
                    Finding.Well(
                        About,
                        $"the key {id} seals nothing: a new one waits for tokenline secret rotate, an old one may be retired"
                    )
                );
        }
        findings.AddRange(
            state
                .GetProperty("nodesBehind")
                .EnumerateArray()
                .Select(node => Finding.Watch(About, node.GetString()!, "Copy vendor-keys.secret to it; a node looks at it every second."))
        );
        return findings;
    }
}
