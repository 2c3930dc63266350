using System.Text.RegularExpressions;
using Tokenline.Charging;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Tests;

[Collection(Lane.Forms)]
public sealed partial class KeyPageTests(PortalServer server)
{
    [Fact]
    public async Task A_key_is_shown_once_works_within_its_limits_and_is_revoked()
    {
        var customer = await server.CustomerAsync();
        using var visit = await server.SignedInAsync(customer);

        var made = await visit.PostAsync(
            "/keys",
            "make",
            ("form.Name", "laptop"),
            ("form.Expires", "30"),
            ("form.Cap", "50"),
            ("form.Rate", "60"),
            ("form.Models", PortalServer.Model)
        );
        var text = Key().Match(made.Body).Value;
        await server.CallAsync(text);

        var page = await visit.GetAsync("/keys");
        Assert.DoesNotContain(text, page.Body, StringComparison.Ordinal);
        Assert.Contains("laptop", page.Body, StringComparison.Ordinal);
        Assert.Contains("of ¥50.00", page.Body, StringComparison.Ordinal);
        Assert.Contains("used today", page.Body, StringComparison.Ordinal);
        var key = Assert.Single(await server.Get<Keys>().ListAsync(customer.Id, PortalServer.Cancel));
        Assert.Equal([PortalServer.Model], key.Models!);
        var node = (await server.Get<IChargingAccounts>().ViewAsync(customer.Account)).Allotments.Single(node =>
            node.Terms.Id == key.Allotment
        );
        Assert.Equal(["monthly", "rpm"], node.Terms.Limits!.Select(limit => limit.Id));

        Assert.Equal(302, (await visit.PostAsync("/keys", $"revoke-{key.Id}")).Status);
        Assert.Null(server.Get<Keyring>().Find(text, TimeProvider.System.GetUtcNow()));
    }

    [Theory]
    [InlineData("", "", "", "A name has")]
    [InlineData("x", "-5", "", "An amount of more than 0")]
    [InlineData("x", "1e9", "", "An amount of more than 0")]
    [InlineData("x", "", "0", "A whole number")]
    public async Task What_is_wrong_is_said_and_what_was_typed_is_kept(string name, string cap, string rate, string words)
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        var page = await visit.PostAsync(
            "/keys",
            "make",
            ("form.Name", name),
            ("form.Cap", cap),
            ("form.Rate", rate),
            ("form.Expires", "90")
        );

        Assert.Equal(200, page.Status);
        Assert.Matches($"<p class=\"wrong\"[^>]*>{words}", page.Body);
        Assert.Contains($"value=\"{cap}\"", page.Body, StringComparison.Ordinal);
        Assert.Matches("<option value=\"90\" selected", page.Body);
        Assert.Empty(await server.Get<Keys>().ListAsync(customer.Id, PortalServer.Cancel));
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_makes_one_key()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        await visit.PostAsync("/keys", "make", ("form.Name", "twice"), ("form.Expires", "0"));
        var again = await visit.PostAsync("/keys", "make", ("form.Name", "twice"), ("form.Expires", "0"));

        Assert.Contains("live key of this name", again.Body, StringComparison.Ordinal);
        Assert.Single(await server.Get<Keys>().ListAsync(customer.Id, PortalServer.Cancel));
    }

    [Fact]
    public async Task The_playground_has_one_key_a_session_and_leaves_none_behind()
    {
        var customer = await server.CustomerAsync();
        using var visit = await server.SignedInAsync(customer);
        var first = Key().Match((await visit.PostAsync("/playground/key", null)).Body).Value;
        var second = Key().Match((await visit.PostAsync("/playground/key", null)).Body).Value;
        var keyring = server.Get<Keyring>();
        Assert.Null(keyring.Find(first, TimeProvider.System.GetUtcNow()));
        var record = await server.CallAsync(second);
        Assert.Contains("general tokens", (await visit.GetAsync($"/playground/calls/{record.Charge}")).Body, StringComparison.Ordinal);

        Assert.Equal(204, (await visit.PostAsync("/playground/leave", null)).Status);

        Assert.Null(keyring.Find(second, TimeProvider.System.GetUtcNow()));
    }

    [GeneratedRegex("tl-[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();
}
