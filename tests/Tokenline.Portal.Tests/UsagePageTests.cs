using Tokenline.Portal.Calls;

namespace Tokenline.Portal.Tests;

[Collection(Lane.Forms)]
public sealed class UsagePageTests(PortalServer server)
{
    [Fact]
    public async Task A_receipt_adds_up_and_says_who_paid()
    {
        var customer = await server.CustomerAsync();
        var key = await server.KeyAsync(customer, "laptop");
        var record = await server.CallAsync(key.Text);
        using var visit = await server.SignedInAsync(customer);

        var page = await visit.GetAsync($"/usage/calls/{record.Charge}");

        Assert.Equal(200, page.Status);
        var paid = Assert.Single(record.Payments);
        var figures = new Texts.PortalTexts(Texts.Language.English);
        Assert.Contains(figures.Payment(paid), page.Body, StringComparison.Ordinal);
        Assert.Contains(figures.Money(new Money(record.RetailNano, record.Currency)), page.Body, StringComparison.Ordinal);
        Assert.Contains("laptop", page.Body, StringComparison.Ordinal);
        Assert.Contains("Light", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_are_paged_filtered_and_exported()
    {
        var customer = await server.CustomerAsync();
        var key = await server.KeyAsync(customer);
        for (var i = 0; i < 52; i++)
            await server.CallAsync(key.Text, i == 3 ? "glm-5" : PortalServer.Model, i < 2 ? "run-a" : null);
        using var visit = await server.SignedInAsync(customer);

        var first = await visit.GetAsync("/usage");
        Assert.Equal(50, Count(first.Body, "<a href=\"/usage/calls/"));
        var older = System.Text.RegularExpressions.Regex.Match(first.Body, "href=\"(/usage\\?before=chg_\\w+)\"").Groups[1].Value;
        var second = await visit.GetAsync(older);
        Assert.Equal(2, Count(second.Body, "<a href=\"/usage/calls/"));
        Assert.DoesNotContain("Older", second.Body, StringComparison.Ordinal);

        Assert.Equal(1, Count((await visit.GetAsync("/usage?model=glm-5")).Body, "<a href=\"/usage/calls/"));
        Assert.Equal(0, Count((await visit.GetAsync("/usage?day=2020-01-01")).Body, "<a href=\"/usage/calls/"));
        Assert.Equal(2, Count((await visit.GetAsync("/usage?by=run&run=run-a")).Body, "<a href=\"/usage/calls/"));
        foreach (var by in new[] { "hour", "model", "key", "run", "nonsense" })
            Assert.Equal(200, (await visit.GetAsync($"/usage?by={by}&day=99&before=x&key=y")).Status);

        var csv = await visit.GetAsync("/usage.csv");
        Assert.Equal(53, csv.Body.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(2, (await visit.GetAsync("/usage.csv?model=glm-5")).Body.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("@cmd\nx", "\"'@cmd\nx\"")]
    [InlineData(null, "")]
    public void A_cell_is_a_text_and_nothing_else(string? text, string cell) => Assert.Equal(cell, UsageExport.Cell(text));

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
