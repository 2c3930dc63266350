using System.Text.Json;

namespace Tokenline.Host.Doctor;

/// <summary>What the running server knows of its vendors: keys that were refused, models that nobody can serve at this moment.</summary>
internal static class VendorsLook
{
    public static async Task<IReadOnlyList<Finding>> TakeAsync(Settings settings, CancellationToken cancellation)
    {
        if (!await ManagementAccess.IsServingAsync(cancellation))
            return [];
        await using var management = await ManagementAccess.OpenAsync(cancellation);
        var findings = new List<Finding>();
        var vendors = Items(await management.GetAsync("vendors", cancellation));
        foreach (var vendor in vendors)
        {
            var id = vendor.GetProperty("id").GetString()!;
            if (!vendor.GetProperty("hasApiKey").GetBoolean())
                findings.Add(
                    Finding.Watch(
                        id,
                        "it has no key: a vendor that wants one refuses every call",
                        $"tokenline vendor add {id} --api-key-file …"
                    )
                );
            foreach (var key in vendor.GetProperty("keyHealth").EnumerateArray())
                findings.Add(
                    Finding.Watch(
                        id,
                        $"its key {key.GetProperty("key")} rests: {key.GetProperty("reason").GetString()}",
                        "Look at the account at the vendor: refused, spent, or at its limit."
                    )
                );
        }
        var models = Items(await management.GetAsync("figures", cancellation));
        foreach (var model in models.Where(model => model.GetProperty("inService").GetInt32() == 0))
            findings.Add(
                Finding.Ill(
                    model.GetProperty("model").GetString()!,
                    "it is for sale, and no deployment of it can take a call",
                    "tokenline deployment list says why; map another vendor, or withdraw it."
                )
            );
        if (findings.Count == 0)
            findings.Add(Finding.Well("vendors", $"{vendors.Count} vendors, {models.Count} models, each with somewhere to go"));
        return findings;
    }

    private static List<JsonElement> Items(JsonElement page) =>
        [.. (page.ValueKind == JsonValueKind.Array ? page : page.GetProperty("items")).EnumerateArray()];
}
