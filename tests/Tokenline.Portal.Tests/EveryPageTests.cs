using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Playwright;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Orders;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>
/// Every page that subscribers and passers-by may see, on a desktop and on a phone: one half of them in English and light, the other in Chinese and dark.
/// The long form sees each in both.
/// </summary>
[Collection(Lane.Pages)]
public sealed class EveryPageTests(PortalServer server)
{
    /// <summary>Pages that show something else than they do by default; their routes are among the others.</summary>
    private static readonly string[] more = ["/usage?by=hour", "/usage?by=model", "/usage?by=key", "/usage?by=run", "/costs?by=model"];

    /// <summary>Without anything in them: what somebody sees who came a moment ago.</summary>
    private static readonly string[] empty = ["/home", "/usage", "/keys", "/plans", "/payments", "/bills", "/costs", "/changes"];

    [Theory]
    [InlineData("en", Chromium.Desktop, ColorScheme.Light)]
    [InlineData("zh-CN", Chromium.Phone, ColorScheme.Dark)]
    public async Task Every_page_is_fit_for_everybody(string language, int width, ColorScheme scheme)
    {
        var turn = scheme == ColorScheme.Light ? 0 : 1;
        var (billed, period) = await server.BilledAsync();
        var known = await AddressesAsync(period.ToString());
        Assert.Equal(Routes().Order(), known.Keys.Order()); // a new page gets a line below

        var console = known.Values.Where(page => page.Who == Who.Owner).Select(page => page.Address).Concat(more).ToList();
        var ofBilled = known.Values.Where(page => page.Who == Who.Billed).Select(page => page.Address);
        var open = known.Values.Where(page => page.Who == Who.Nobody).Select(page => page.Address).Append("/nothing-here");
        await using (var window = await Chromium.WindowAsync(server, owner, language, width, scheme))
            await Fitness.CheckAsync(window, console, turn);
        await using (var window = await Chromium.WindowAsync(server, await server.SignInAsync(billed), language, width, scheme))
            await Fitness.CheckAsync(window, ofBilled, turn);
        var newcomer = await server.CustomerAsync(0);
        await using (var window = await Chromium.WindowAsync(server, await server.SignInAsync(newcomer), language, width, scheme))
            await Fitness.CheckAsync(window, empty, turn);
        await using (var window = await Chromium.WindowAsync(server, null, language, width, scheme))
            await Fitness.CheckAsync(window, open, turn);
    }

    private enum Who
    {
        Nobody,
        Owner,
        Billed,
    }

    private string owner = "";

    /// <summary>Where each page is looked at, and by whom: an organization's owner, a customer with a bill, or somebody who is not signed in.</summary>
    private async Task<Dictionary<string, (Who Who, string Address)>> AddressesAsync(string period)
    {
        var team = await server.FamilyAsync();
        owner = (await server.Get<Sessions>().BeginAsync(team.Owner, team.Household.Id, "Chrome, Linux", "127.0.0.1")).Secret;
        var call = await server.CallAsync((await server.KeyAsync(team.Household, "laptop")).Text, run: "nightly");
        var wanted = new OrderRequest(team.Household.Id, "team-standard", "every-page", Seats: 2);
        var order = (await server.Get<Ordering>().PlaceAsync(wanted, PortalServer.Cancel)).Required();
        var to = $"{server.NewPhoneNumber()}";
        var code = await CodeAddressAsync(to);
        return new()
        {
            ["/"] = (Who.Nobody, "/"),
            ["/sign-in"] = (Who.Nobody, "/sign-in"),
            ["/sign-in/code"] = (Who.Nobody, code),
            ["/sign-in/company"] = (Who.Nobody, "/sign-in/company"),
            ["/home"] = (Who.Owner, "/home"),
            ["/usage"] = (Who.Owner, "/usage"),
            ["/usage/calls/{Id}"] = (Who.Owner, $"/usage/calls/{call.Charge}"),
            ["/keys"] = (Who.Owner, "/keys"),
            ["/playground"] = (Who.Owner, "/playground"),
            ["/shop"] = (Who.Owner, "/shop"),
            ["/shop/adviser"] = (Who.Owner, "/shop/adviser"),
            ["/shop/order"] = (Who.Owner, "/shop/order?offering=team-standard&order=web-for-axe"),
            ["/plans"] = (Who.Owner, "/plans"),
            ["/plans/{Id}"] = (Who.Owner, $"/plans/{order.Product}"),
            ["/payments"] = (Who.Owner, "/payments"),
            ["/wallet"] = (Who.Owner, "/wallet"),
            ["/invoices"] = (Who.Owner, "/invoices"),
            ["/referrals"] = (Who.Owner, "/referrals"),
            ["/settings"] = (Who.Owner, "/settings"),
            ["/people"] = (Who.Owner, "/people"),
            ["/departments"] = (Who.Owner, "/departments"),
            ["/costs"] = (Who.Owner, "/costs"),
            ["/access"] = (Who.Owner, "/access"),
            ["/changes"] = (Who.Owner, "/changes"),
            ["/sessions"] = (Who.Owner, "/sessions"),
            ["/bills"] = (Who.Billed, "/bills"),
            ["/bills/{Id}"] = (Who.Billed, $"/bills/{period}"),
        };
    }

    private async Task<string> CodeAddressAsync(string number)
    {
        using var visit = server.Visit();
        return (await visit.PostAsync("/sign-in", "number", ("phone", number))).PathOf()!;
    }

    /// <summary>The pages of people who are not staff. The market and how a vendor comes in are looked at with the vendors' console.</summary>
    private IEnumerable<string> Routes() =>
        from source in server.Get<IEnumerable<EndpointDataSource>>()
        from endpoint in source.Endpoints.OfType<RouteEndpoint>()
        where
            endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
            && endpoint.Metadata.GetMetadata<NeedsAttribute>() is not { ForStaff: true }
        let route = "/" + endpoint.RoutePattern.RawText!.Trim('/')
        where !route.StartsWith("/market", StringComparison.Ordinal) && route != "/vendor/apply" && !route.Contains('*')
        select route;
}
