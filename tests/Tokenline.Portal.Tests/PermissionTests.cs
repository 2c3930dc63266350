using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>Every page and endpoint, for every role, and for those of another customer.</summary>
[Collection(Lane.Forms)]
public sealed class PermissionTests(PortalServer server)
{
    /// <summary>All that needs nobody to be signed in. Whatever is not here, and says no [Needs], fails the test.</summary>
    private static readonly string[] open =
    [
        "/",
        "/market",
        "/market/{Id}",
        "/market.json",
        "/vendor/apply",
        "/sign-in",
        "/sign-in/code",
        "/sign-in/company",
        "/sign-in/passkey",
        "/sign-in/passkey/options",
        "/passkey.js",
        "/sign-in/company/done",
        "/sign-out",
        "/appearance",
        "/portal.css",
        "/consoles.css",
        "/portal.js",
        "/playground.js",
        "/_framework/opaque-redirect",
    ];

    [Fact]
    public void Every_page_and_endpoint_says_what_it_needs_or_is_known_to_be_open()
    {
        var known = Routes().ToList();
        Assert.NotEmpty(known);
        foreach (var (route, needs) in known)
            Assert.True(needs is not null != open.Contains(route), $"{route} needs {(needs is null ? "nobody" : "somebody")}");
        // Pages that derive from ConsolePage show a customer's data.
        foreach (
            var page in typeof(PortalEdge).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ConsolePage)) && !type.IsAbstract)
        )
            Assert.NotNull(page.GetCustomAttribute<NeedsAttribute>());
    }

    [Fact]
    public async Task Nobody_who_is_not_signed_in_gets_further_than_the_sign_in_page()
    {
        using var visit = server.Visit();
        foreach (var (route, needs) in Routes().Where(route => route.Needs is not null))
        {
            var address = route.Replace("{Id}", "x", StringComparison.OrdinalIgnoreCase);
            var page = route is "/playground/key" or "/playground/leave" or "/act-for" or "/passkeys/new" or "/passkeys/add"
                ? await visit.PostAsync(address, null)
                : await visit.GetAsync(address);
            Assert.True(page.LeadsToSignIn, $"{route}: {page.Status}");
        }
    }

    /// <summary>What each role may, as one reads it. The code has a table of its own; the two must agree.</summary>
    [Theory]
    [InlineData(
        MemberRole.Owner,
        CustomerType.Household,
        "SeeBalance SeeUsage Call ManageKeys Buy SeePayments ChangeSpending ChangeSettings ManagePeople"
    )]
    [InlineData(MemberRole.Administrator, CustomerType.Household, "SeeBalance SeeUsage Call ManageKeys ChangeSettings ManagePeople")]
    [InlineData(
        MemberRole.Administrator,
        CustomerType.Organization,
        "SeeBalance SeeUsage Call ManageKeys Buy SeePayments ChangeSpending ChangeSettings ManagePeople"
    )]
    [InlineData(MemberRole.DepartmentAdministrator, CustomerType.Organization, "SeeBalance SeeUsage Call ManageKeys ManagePeople")]
    [InlineData(MemberRole.Member, CustomerType.Household, "SeeBalance SeeUsage Call ManageKeys")]
    public void A_role_has_these_rights_and_no_others(MemberRole role, CustomerType type, string rights) =>
        Assert.Equal(
            rights.Split(' ').Order(),
            Enum.GetValues<Right>().Where(right => Permissions.Allow(role, type, right)).Select(right => right.ToString()).Order()
        );

    /// <summary>Every page that has no id in its address, over the wire, for every role of a team.</summary>
    [Fact]
    public async Task Every_page_opens_to_the_roles_that_the_table_says_and_to_no_others()
    {
        var family = await server.FamilyAsync();
        foreach (
            var (number, role) in new[]
            {
                (family.Owner, MemberRole.Owner),
                (family.Administrator, MemberRole.Administrator),
                (family.Member, MemberRole.Member),
            }
        )
        {
            using var visit = await server.SignedInAsync(number, family.Household);
            foreach (
                var (route, needs) in Routes()
                    .Where(route => route.Needs is not null && !route.Route.Contains('{', StringComparison.Ordinal))
            )
            {
                if (
                    route
                    is "/live"
                        or "/playground/key"
                        or "/playground/leave"
                        or "/act-for"
                        or "/shop/order"
                        or "/passkeys/new"
                        or "/passkeys/add"
                )
                    continue; // endless, or not to be got
                var page = await visit.GetAsync(route);
                var may = !needs!.ForStaff && (needs.Right is not { } right || Permissions.Allow(role, family.Household.Type, right));
                Assert.True(page.Status == (may ? 200 : 403), $"{role} at {route}: {page.Status}");
            }
        }
    }

    /// <summary>What a page or an endpoint with an id in its address is asked for, of each of these: whose it is comes first. A route without a line here fails the test.</summary>
    [Fact]
    public async Task Every_address_with_an_id_shows_it_to_its_customer_and_to_nobody_else()
    {
        var family = await server.FamilyAsync();
        var call = await server.CallAsync((await server.KeyAsync(family.Household)).Text);
        var order = new Commerce.Orders.OrderRequest(family.Household.Id, "team-standard", "matrix", Seats: 2);
        var plan = (await server.Get<Commerce.Orders.Ordering>().PlaceAsync(order, PortalServer.Cancel)).Required().Product!.Value;
        var (billed, period) = await server.BilledAsync();
        var known = new Dictionary<string, (string Address, bool OfBilled)>
        {
            ["/usage/calls/{Id}"] = ($"/usage/calls/{call.Charge}", false),
            ["/playground/calls/{id}"] = ($"/playground/calls/{call.Charge}", false),
            ["/plans/{Id}"] = ($"/plans/{plan}", false),
            ["/bills/{Id}"] = ($"/bills/{period}", true),
            ["/bills/{id}/pdf"] = ($"/bills/{period}/pdf", true),
            ["/bills/{id}/csv"] = ($"/bills/{period}/csv", true),
            ["/bills/{id}/json"] = ($"/bills/{period}/json", true),
        };
        var routes = Routes()
            .Where(route => route.Needs is { ForStaff: false } && route.Route.Contains('{', StringComparison.Ordinal))
            .ToDictionary(route => route.Route, route => route.Needs!);
        Assert.Equal(routes.Keys.Order(StringComparer.Ordinal), known.Keys.Order(StringComparer.Ordinal));

        var stranger = await server.CustomerAsync(0);
        using var others = await server.SignedInAsync(stranger);
        foreach (var (address, _) in known.Values)
            Assert.True((await others.GetAsync(address)).Status == 404, $"a stranger at {address}");
        using var own = await server.SignedInAsync(billed);
        foreach (
            var (number, role) in new[]
            {
                (family.Owner, MemberRole.Owner),
                (family.Administrator, MemberRole.Administrator),
                (family.Member, MemberRole.Member),
            }
        )
        {
            using var visit = await server.SignedInAsync(number, family.Household);
            foreach (var (route, (address, ofBilled)) in known)
            {
                var may = Permissions.Allow(role, family.Household.Type, routes[route].Right!.Value);
                var page = await (ofBilled && may ? own : visit).GetAsync(address);
                // A member sees their own calls, and this is none of them.
                var expected =
                    !may ? 403
                    : role == MemberRole.Member ? 404
                    : 200;
                Assert.True(page.Status == expected, $"{role} at {address}: {page.Status}");
            }
        }
    }

    /// <summary>What is not to be got: by every role, with nothing in it. Whether they may comes before what was sent.</summary>
    [Theory]
    [InlineData("/playground/key", Right.Call)]
    [InlineData("/playground/leave", Right.Call)]
    [InlineData("/act-for", null)]
    [InlineData("/passkeys/new", null)]
    [InlineData("/passkeys/add", null)]
    public async Task Every_endpoint_that_is_posted_to_needs_what_the_table_says(string route, Right? right)
    {
        Assert.Equal(right, Assert.Single(Routes(), one => one.Route == route).Needs!.Right);
        var family = await server.FamilyAsync();
        foreach (var number in new[] { family.Owner, family.Administrator, family.Member })
        {
            using var visit = await server.SignedInAsync(number, family.Household);
            var page = await visit.PostAsync(route, null);
            Assert.True(page.Status is not (403 or 404) and < 500 && !page.LeadsToSignIn, $"{number} at {route}: {page.Status}");
        }
        using var staff = await server.AsAsync(Commerce.Staff.StaffRole.Auditor);
        var theirs = await staff.PostAsync(route, null);
        Assert.True(right is null || theirs.Status is 302 or 403, $"staff at {route}: {theirs.Status}");
    }

    [Fact]
    public async Task A_member_sees_and_revokes_what_is_their_own_and_nothing_of_the_others()
    {
        var family = await server.FamilyAsync();
        var others = await server.KeyAsync(family.Household, "owners-key");
        var call = await server.CallAsync(others.Text);
        using var visit = await server.SignedInAsync(family.Member, family.Household);

        var made = await visit.PostAsync("/keys", "make", ("form.Name", "mias-key"), ("form.Expires", "0"));
        var text = System.Text.RegularExpressions.Regex.Match(made.Body, "tl-[A-Za-z0-9_-]{43}").Value;
        var own = await server.CallAsync(text);

        Assert.NotNull(own.Allotment);
        Assert.Equal(200, (await visit.GetAsync($"/usage/calls/{own.Charge}")).Status);
        Assert.Equal(404, (await visit.GetAsync($"/usage/calls/{call.Charge}")).Status);
        foreach (var address in new[] { "/home", "/usage", "/usage?by=key", "/usage?by=hour", "/usage.csv", "/keys", "/people" })
        {
            var page = await visit.GetAsync(address);
            Assert.DoesNotContain("owners-key", page.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(call.Charge.ToString(), page.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(family.Owner, page.Body, StringComparison.Ordinal);
        }
        await visit.PostAsync("/keys", $"revoke-{others.Key.Id}");
        await server.CallAsync(others.Text);
    }

    [Fact]
    public async Task Who_leaves_sees_their_own_console_with_the_next_page_and_nobody_acts_for_a_stranger()
    {
        var family = await server.FamilyAsync();
        using var visit = await server.SignedInAsync(family.Member, family.Household);
        Assert.Contains(family.Household.Name, (await visit.GetAsync("/people")).Body, StringComparison.Ordinal);
        Assert.Equal(302, (await visit.PostAsync("/people", "leave")).Status);
        var after = await visit.GetAsync("/home");
        Assert.DoesNotContain(family.Household.Name, after.Body, StringComparison.Ordinal);

        var stranger = await server.CustomerAsync(0);
        await visit.PostAsync("/act-for", null, ("customer", stranger.Id.ToString()));
        Assert.DoesNotContain(stranger.PhoneNumber[^4..], (await visit.GetAsync("/home")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_another_customers_looks_like_nothing_at_all()
    {
        var (owner, stranger) = (await server.CustomerAsync(), await server.CustomerAsync(0));
        var key = await server.KeyAsync(owner);
        var call = await server.CallAsync(key.Text, run: "secret-run");
        using var own = await server.SignedInAsync(owner);
        Assert.Equal(200, (await own.GetAsync($"/usage/calls/{call.Charge}")).Status);

        using var visit = await server.SignedInAsync(stranger);
        Assert.Equal(404, (await visit.GetAsync($"/usage/calls/{call.Charge}")).Status);
        Assert.Equal(404, (await visit.GetAsync($"/playground/calls/{call.Charge}")).Status);
        Assert.DoesNotContain("secret-run", (await visit.GetAsync("/usage?by=run")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(
            call.Charge.ToString(),
            (await visit.GetAsync("/usage?by=run&run=secret-run")).Body,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(call.Charge.ToString(), (await visit.GetAsync($"/usage?key={key.Key.Id}")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(call.Charge.ToString(), (await visit.GetAsync("/usage.csv")).Body, StringComparison.Ordinal);

        // A form that names another's key finds no such form, and the key lives on.
        await visit.PostAsync("/keys", $"revoke-{key.Key.Id}");
        await server.CallAsync(key.Text);
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task What_another_site_posts_is_refused_before_it_is_read(string site)
    {
        var customer = await server.CustomerAsync(0);
        using var visit = new Visit(server.Url, await server.SignInAsync(customer), site);
        Assert.Equal(400, (await visit.PostAsync("/keys", "make", ("form.Name", "stolen"))).Status);
        Assert.Equal(400, (await visit.PostAsync("/sign-out", null)).Status);
        Assert.Equal(200, (await visit.GetAsync("/keys")).Status);
    }

    [Fact]
    public async Task Every_page_carries_the_strict_policy()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        foreach (var address in new[] { "/", "/home", "/sign-in", "/nothing-here" })
        {
            var page = await visit.GetAsync(address);
            var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain(" style=", page.Body, StringComparison.Ordinal);
        }
    }

    private IEnumerable<(string Route, NeedsAttribute? Needs)> Routes() =>
        server
            .Get<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(IsOurs)
            .Select(endpoint =>
                (
                    endpoint.RoutePattern.RawText!.TrimEnd('/') is { Length: > 0 } text ? text : "/",
                    endpoint.Metadata.GetMetadata<NeedsAttribute>()
                )
            );

    private static bool IsOurs(RouteEndpoint endpoint)
    {
        var text = endpoint.RoutePattern.RawText ?? "";
        return !text.StartsWith("{*", StringComparison.Ordinal)
            && !new[] { "/v1", "/api/", "/openapi", "/docs", "/metrics", "/healthz", "/readyz", "/carrier" }.Any(other =>
                ("/" + text.TrimStart('/')).StartsWith(other, StringComparison.Ordinal)
            );
    }
}
