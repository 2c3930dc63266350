using System.Net;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Tests;

/// <summary>What is chosen in the console holds outside it: for the next call, the next order, the next invoice.</summary>
[Collection(Lane.Forms)]
public sealed class ChosenTests(PortalServer server)
{
    [Fact]
    public async Task The_next_call_is_routed_by_what_matters_most_to_the_customer()
    {
        var customer = await server.CustomerAsync();
        var key = (await server.KeyAsync(customer)).Text;
        using var visit = await server.SignedInAsync(customer);
        var served = new Dictionary<string, string>();
        foreach (
            var (prefers, list, policy) in new[]
            {
                ("Cheapest", "auto:cost", null),
                ("Best", "auto:quality", "quality-first"),
                ("Greenest", "auto:energy", "lowest-energy"),
            }
        )
        {
            Assert.Equal(302, (await visit.PostAsync("/settings", "preference", ("prefers", prefers))).Status);
            var record = await server.CallAsync(key, "auto");
            Assert.Equal((await server.CallAsync(key, list)).Model, record.Model);
            served[prefers] = record.Model;
            // And among the deployments of one model.
            var route = await RouteAsync(key, "kimi-k2.6");
            Assert.Equal(policy is not null, policy is not null && route.Contains(policy, StringComparison.Ordinal));
        }
        Assert.NotEqual(served["Cheapest"], served["Best"]);
        Assert.Contains("value=\"Greenest\" checked", (await visit.GetAsync("/settings")).Body, StringComparison.Ordinal);

        Assert.Equal(200, (await visit.PostAsync("/settings", "preference", ("prefers", "Prettiest"))).Status);
        Assert.Equal(302, (await visit.PostAsync("/settings", "preference", ("prefers", "Operators"))).Status);
        Assert.DoesNotContain("lowest-energy", await RouteAsync(key, "kimi-k2.6"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_asks_which_line_it_is_and_its_parts_are_products_with_their_reference()
    {
        var catalog = server.Get<ICatalogStore>();
        var bundle = (await catalog.FindOfferingAsync("plan-light", PortalServer.Cancel))! with
        {
            Id = "bundle-home",
            Name = "Home and AI",
            Components = [new OfferedComponent("line", "Broadband 300 M", "broadband"), new("box", "Router", "device", false)],
        };
        await catalog.PutOfferingAsync(bundle, PortalServer.Cancel);
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        const string address = "/shop/order?offering=bundle-home&order=web-a-bundle";
        var page = await visit.GetAsync(address);
        Assert.Contains("Broadband 300 M", page.Body, StringComparison.Ordinal);
        Assert.Contains("Router", page.Body, StringComparison.Ordinal);
        var expected = System.Text.RegularExpressions.Regex.Match(page.Body, "name=\"expected\" value=\"(\\d+)\"").Groups[1].Value;

        var without = await visit.PostAsync(address, "order", ("expected", expected), ("do", "pay"));
        Assert.Equal(200, without.Status);
        Assert.Contains("Which Broadband 300 M is it?", without.Body, StringComparison.Ordinal);
        Assert.Empty(await server.Get<IOrderStore>().ListAsync(customer.Id, null, 10, PortalServer.Cancel));

        var paid = await visit.PostAsync(address, "order", ("expected", expected), ("options.References[line]", "BB-1"), ("do", "pay"));
        Assert.Equal(302, paid.Status);
        var order = Assert.Single(await server.Get<IOrderStore>().ListAsync(customer.Id, null, 10, PortalServer.Cancel));
        Assert.Equal((OrderState.Completed, "BB-1"), (order.State, order.References["line"]));
        var parts = (await server.Get<IOrderStore>().ProductsAsync(customer.Id, PortalServer.Cancel))
            .Where(product => product.Kind == OfferingKind.External)
            .ToDictionary(product => product.Name);
        Assert.Equal(("BB-1", order.Product), (parts["Broadband 300 M"].Reference, parts["Broadband 300 M"].Bundle));
        Assert.Null(parts["Router"].Reference);
        var mine = (await visit.GetAsync("/plans")).Body;
        foreach (var name in new[] { "Home and AI", "Broadband 300 M", "Router" })
            Assert.Contains(name, mine, StringComparison.Ordinal);
        (await server.Get<Offerings>().RetireAsync("bundle-home", PortalServer.Cancel)).Required();
    }

    [Fact]
    public async Task Whom_invoices_name_stands_in_the_interface_as_it_was_entered_and_the_other_way_round()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        using var api = new HttpClient { BaseAddress = new Uri($"{server.Url}/api/v1/") };
        api.DefaultRequestHeaders.Authorization = new("Bearer", server.Server.AdminKey);
        var address = $"customers/{customer.Id}/invoice-recipient";
        Assert.Equal("{}", await api.GetStringAsync(address, PortalServer.Cancel));

        var entered = await visit.PostAsync(
            "/invoices",
            "recipient",
            ("form.Company", " Team Ltd "),
            ("form.TaxNumber", "91310000ma1fl0000x"),
            ("form.Mail", "books@team.example")
        );
        Assert.Equal(302, entered.Status);
        Assert.Equal(
            """{"company":"Team Ltd","taxNumber":"91310000MA1FL0000X","mail":"books@team.example"}""",
            await api.GetStringAsync(address, PortalServer.Cancel)
        );
        Assert.Equal(200, (await visit.PostAsync("/invoices", "recipient", ("form.Company", "Other"), ("form.Mail", "nobody"))).Status);

        using var put = await api.PutAsync(address, Json("""{"company":"Group Ltd","bank":"Bank of China"}"""), PortalServer.Cancel);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        using var wrong = await api.PutAsync(address, Json("""{"company":"Group Ltd","taxNumber":"?"}"""), PortalServer.Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("taxNumber", await wrong.Content.ReadAsStringAsync(PortalServer.Cancel), StringComparison.Ordinal);
        using var nobody = await api.GetAsync("customers/pty_0000000000001/invoice-recipient", PortalServer.Cancel);
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        Assert.Contains("value=\"Group Ltd\"", (await visit.GetAsync("/invoices")).Body, StringComparison.Ordinal);

        static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
    }

    /// <summary>How a call was routed, as a caller asks for it.</summary>
    private async Task<string> RouteAsync(string key, string model)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Url}/v1/chat/completions")
        {
            Content = new StringContent(
                $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}]}""",
                System.Text.Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Authorization = new("Bearer", key);
        request.Headers.Add("x-tokenline-debug", "route");
        using var response = await client.SendAsync(request, PortalServer.Cancel);
        response.EnsureSuccessStatusCode();
        return response.Headers.GetValues("x-tokenline-route").Single();
    }
}
