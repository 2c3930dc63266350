using System.Text.RegularExpressions;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

[Collection(Lane.Forms)]
public sealed partial class SignInTests(PortalServer server) : IClassFixture<PortalServer>
{
    [Fact]
    public async Task A_new_number_gets_a_code_and_an_account_and_comes_back_to_where_it_was()
    {
        using var visit = server.Visit();
        var asked = await visit.GetAsync("/usage?by=model");
        Assert.True(asked.LeadsToSignIn);

        var sent = await visit.PostAsync(asked.Location!, "number", ("phone", "139 0000 7777"));
        Assert.Equal(302, sent.Status);
        var page = await visit.GetAsync(sent.Location!);
        Assert.Contains("+8613900007777", page.Body, StringComparison.Ordinal);

        var code = Code().Match(page.Body).Groups[1].Value;
        var wrong = await visit.PostAsync(sent.Location!, "code", ("code", code == "000000" ? "000001" : "000000"));
        Assert.Equal(200, wrong.Status);
        Assert.Contains("This is not the code that was sent", wrong.Body, StringComparison.Ordinal);
        var right = await visit.PostAsync(sent.Location!, "code", ("code", $" {code} "));

        Assert.Equal(302, right.Status);
        Assert.EndsWith("/usage?by=model", right.Location, StringComparison.Ordinal);
        var cookie = Assert.Single(
            right.Headers.GetValues("Set-Cookie"),
            cookie => cookie.StartsWith(SessionCookie.Name, StringComparison.Ordinal)
        );
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(200, (await visit.GetAsync("/usage?by=model")).Status);
    }

    [Fact]
    public async Task A_code_is_good_for_its_own_number_alone_and_once()
    {
        var victim = await server.CustomerAsync(0);
        using var visit = server.Visit();
        var sent = await visit.PostAsync("/sign-in", "number", ("phone", server.NewPhoneNumber()));
        var code = Code().Match((await visit.GetAsync(sent.Location!)).Body).Groups[1].Value;

        // A form that names somebody else's number changes nothing: the number is the challenge's.
        var right = await visit.PostAsync(sent.Location!, "code", ("code", code), ("phone", victim.PhoneNumber));
        Assert.Equal(302, right.Status);
        Assert.DoesNotContain(victim.PhoneNumber, (await visit.GetAsync("/payments")).Body, StringComparison.Ordinal);

        using var other = server.Visit();
        var again = await other.PostAsync(sent.Location!, "code", ("code", code));
        Assert.False(again.Headers.Contains("Set-Cookie"));
        Assert.Contains("good no more", (await other.GetAsync(sent.Location!)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_wrong_codes_lock_the_number_even_for_the_right_one()
    {
        var number = server.NewPhoneNumber();
        using var visit = server.Visit();
        var address = "";
        for (var tries = 0; tries < 10; tries++)
        {
            if (tries % 2 == 0) // the carrier takes three wrong codes for one that it sent
                address = (await visit.PostAsync("/sign-in", "number", ("phone", number))).Location!;
            await visit.PostAsync(address, "code", ("code", "12"));
        }
        var last = await visit.PostAsync(address, "code", ("code", "12"));
        Assert.Contains("locked", last.Body, StringComparison.Ordinal);

        var another = await visit.PostAsync("/sign-in", "number", ("phone", number));
        Assert.Equal(200, another.Status);
        Assert.Contains("locked", another.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_many_codes_are_sent_to_a_number_and_no_more()
    {
        var number = server.NewPhoneNumber();
        using var visit = server.Visit();
        for (var sent = 0; sent < 5; sent++)
            Assert.Equal(302, (await visit.PostAsync("/sign-in", "number", ("phone", number))).Status);

        var refused = await visit.PostAsync("/sign-in", "number", ("phone", number));

        Assert.Contains("Too many codes", refused.Body, StringComparison.Ordinal);
        Assert.Contains($"value=\"{number}\"", refused.Body, StringComparison.Ordinal); // what was typed is kept
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("+0123456789")]
    [InlineData("")]
    [InlineData("+86138000000001234567890")]
    public async Task What_is_no_number_is_said_to_be_none(string number)
    {
        using var visit = server.Visit();
        var page = await visit.PostAsync("/sign-in", "number", ("phone", number));
        Assert.Equal(200, page.Status);
        Assert.Contains("A phone number has", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_is_ended_elsewhere_opens_nothing_from_then_on()
    {
        var customer = await server.CustomerAsync(0);
        using var here = await server.SignedInAsync(customer);
        using var there = await server.SignedInAsync(customer);
        Assert.Equal(200, (await there.GetAsync("/home")).Status);

        var page = await here.GetAsync("/sessions");
        var form = EndForm().Match(page.Body).Groups[1].Value;
        Assert.Equal(302, (await here.PostAsync("/sessions", form)).Status);

        Assert.True((await there.GetAsync("/home")).LeadsToSignIn);
        Assert.Equal(200, (await here.GetAsync("/home")).Status);
        await here.PostAsync("/sign-out", null);
        Assert.True((await here.GetAsync("/home")).LeadsToSignIn);
    }

    [Theory]
    [InlineData("/sign-in?return=https://elsewhere.example/")]
    [InlineData("/sign-in?return=//elsewhere.example/")]
    [InlineData("/sign-in?return=/%5Celsewhere.example/")]
    public void Nobody_is_led_elsewhere(string address) =>
        Assert.Equal(ReturnAddress.Home, ReturnAddress.Of(Uri.UnescapeDataString(address["/sign-in?return=".Length..])));

    [GeneratedRegex("code is (\\d{4,10})")]
    private static partial Regex Code();

    [GeneratedRegex("name=\"_handler\" value=\"(end-ses_\\w+)\"")]
    private static partial Regex EndForm();
}
