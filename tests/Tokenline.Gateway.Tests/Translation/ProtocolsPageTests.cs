using System.Text;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Translation;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary><c>docs/protocols.md</c> shows the tables as they are. To write them anew: <c>TOKENLINE_WRITE_DOCS=1</c>.</summary>
public sealed class ProtocolsPageTests
{
    private const string Begin = "<!-- the tables of losses: written by ProtocolsPageTests -->";

    [Fact]
    public void The_page_shows_every_pair_with_its_table_of_losses()
    {
        var file = Path.Combine(Root(), "docs", "protocols.md");
        var page = File.ReadAllText(file);
        var head = page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)];
        var expected = head + "\n" + Tables();
        if (Environment.GetEnvironmentVariable("TOKENLINE_WRITE_DOCS") == "1")
            File.WriteAllText(file, expected);

        Assert.Equal(expected, File.ReadAllText(file));
    }

    [Fact]
    public void Each_client_reaches_every_vendors_protocol_or_the_page_says_that_it_does_not()
    {
        foreach (var client in Enum.GetValues<Protocol>())
        {
            foreach (var vendor in Enum.GetValues<Protocol>().Where(vendor => vendor != client && vendor != Protocol.Responses))
                Assert.NotNull(ProtocolPairs.Find(client, vendor));
        }
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        text.Append(
            "\n### Vendors of chat completions that differ\n\n| vendor | usage | usage comes unasked | wants `reasoning_content` back | reasoning is turned off by | efforts end at high |\n|---|---|---|---|---|---|\n"
        );
        foreach (var row in VendorQuirks.All)
            text.Append(
                null,
                $"| {row.Vendor} | {(row.Usage == UsageQuirks.None ? "" : row.Usage)} | {Yes(row.SendsUsageUnasked)} | {Yes(row.ReturnsReasoning)} | {(row.ReasoningOff is { } off ? $"`{off}`" : "")} | {Yes(row.EffortsEndAtHigh)} |\n"
            );
        text.Append(
            "\n### Fields that vendors of chat completions refuse\n\nA hint is dropped on the way to that vendor, and told. What the answer's shape or meaning depends on is refused before anything is held, unless another deployment of the model takes it.\n\n| vendor | models | field | | because |\n|---|---|---|---|---|\n"
        );
        foreach (var vendor in VendorQuirks.All)
        {
            foreach (var row in vendor.Refuses)
                text.Append(
                    null,
                    $"| {vendor.Vendor} | {row.Of?.Words ?? "all"} | `{row.Field}` | {(row.Action == LossAction.Drop ? "dropped" : "refused")} | {row.Why} |\n"
                );
        }
        foreach (var pair in ProtocolPairs.All.OrderBy(pair => pair.Client).ThenBy(pair => pair.Vendor))
        {
            text.Append(null, $"\n### {pair.Client} → {pair.Vendor}\n\n| field | | because |\n|---|---|---|\n");
            foreach (
                var loss in pair.Losses.OrderBy(loss => loss.Action == LossAction.Drop).ThenBy(loss => loss.Field, StringComparer.Ordinal)
            )
                text.Append(null, $"| `{loss.Field}` | {(loss.Action == LossAction.Drop ? "dropped" : "refused")} | {loss.Why} |\n");
        }
        return text.ToString();
    }

    private static string Yes(bool holds) => holds ? "yes" : "";

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tokenline.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the repository's root");
        return folder;
    }
}
