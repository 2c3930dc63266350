using Microsoft.AspNetCore.Routing;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Refunds;
using Tokenline.Commerce.Staff;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>Whatever staff change in their consoles is in the audit log: every form of every page is filled in and sent.</summary>
[Collection(OnePortal.Name)]
public sealed class StaffAuditTests(PortalServer server)
{
    /// <summary>Forms that look something up, or start what bills nobody.</summary>
    private static readonly string[] readers = ["find", "dry", "carrier", "vendor"];

    /// <summary>Of the operator's console. Each must have acted, or the test has shown nothing.</summary>
    private static readonly string[] acting =
    [
        "standing",
        "revoke",
        "give",
        "void",
        "note",
        "refund",
        "grant",
        "add",
        "change",
        "remove",
        "again",
        "end",
    ];

    [Fact]
    public async Task Every_form_of_every_page_that_changes_something_leaves_an_entry_with_who_and_why()
    {
        var customer = await server.CustomerAsync();
        var charge = (await server.CallAsync((await server.KeyAsync(customer)).Text)).Charge;
        var asked = await AskBackAsync(customer);
        await server.KeyAsync(customer, "spare");
        await GiveAsync(customer);
        await ParkAsync(customer);
        var (acted, visitors) = (new HashSet<string>(), new List<Visit>());
        foreach (var role in new[] { StaffRole.Administrator, StaffRole.VendorAdministrator })
        {
            using var visit = await server.AsAsync(role);
            using var other = await server.AsAsync(role); // a session to end
            foreach (var address in Addresses(customer, charge, asked))
            {
                // The page is asked for anew before each form: the one before has changed it.
                for (var i = 0; ; i++)
                {
                    var page = await visit.GetAsync(address);
                    var forms = page.Status == 200 ? FormOnPage.Of(page) : [];
                    if (i >= forms.Count)
                        break;
                    if (readers.Contains(forms[i].Handler))
                        continue;
                    var before = await NewestAsync();
                    if (await SendAsync(visit, address, forms[i]) is not { Status: 302 })
                        continue;
                    acted.Add(forms[i].Handler.Split('-')[0]);
                    var entries = await SinceAsync(before);
                    Assert.True(entries.Count > 0, $"{forms[i].Handler} at {address} left no entry");
                    Assert.All(entries, entry => Assert.Equal(AuditActorKind.Staff, entry.Draft.Who.Kind));
                    Assert.All(entries, entry => Assert.Equal(DemoStaff.All.Single(one => one.Role == role).Name, entry.Draft.Who.Name));
                    if (forms[i].IsConfirmed)
                        Assert.Contains(entries, entry => entry.Draft.Why == Reason);
                }
            }
        }
        Assert.Empty(acting.Except(acted));
        Assert.True((await server.Get<AuditLog>().VerifyAsync(null, PortalServer.Cancel)).IsWhole);
    }

    [Fact]
    public async Task A_form_whose_page_forgot_the_audit_log_gets_an_entry_from_the_edge()
    {
        var edge = server.Get<StaffEdge>();
        var member = (await server.Get<StaffDesk>().FindAsync(DemoStaff.All[0].PhoneNumber, PortalServer.Cancel))!;
        var session = (
            await server.Get<Tokenline.Commerce.Access.Sessions>().BeginAsync(member.PhoneNumber, null, "Test", "127.0.0.1")
        ).Session;
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Path = "/operator/made-up";
        var before = await NewestAsync();
        await edge.AroundAsync(
            context,
            new StaffVisitor(session, member),
            http =>
            {
                http.Response.Redirect("/somewhere");
                return Task.CompletedTask;
            }
        );
        Assert.Equal("POST /operator/made-up", Assert.Single(await SinceAsync(before)).Draft.Action);
    }

    private const string Reason = "asked by the customer";

    /// <summary>Fills in what is empty, and goes through preview and reason where they are asked for.</summary>
    private async Task<Page> SendAsync(Visit visit, string address, FormOnPage form)
    {
        (string, string)[] typed = [.. form.Empty.Select(name => (name, ValueOf(name)))];
        if (form.Handler == "add")
            typed = [.. typed.Where(one => one.Item1 != "vendor"), ("phone", server.NewPhoneNumber()), ("newrole", "Support")];
        if (form.Handler == "change")
            typed = [.. typed, ("name", "Bobby")];
        return form.IsConfirmed
            ? await visit.ConfirmAsync(address, form.Handler, Reason, typed)
            : await visit.PostAsync(address, form.Handler, form.With(typed));
    }

    private static string ValueOf(string name) =>
        name switch
        {
            "amount" or "credit" => "5",
            "vendor" => "",
            _ => Reason,
        };

    /// <summary>Every page of staff; those with an id for a customer, a call and a refund request that there are, and for a member of staff to be changed and removed.</summary>
    private IEnumerable<string> Addresses(Customer customer, ChargeId charge, RefundRequestId asked)
    {
        foreach (
            var route in server
                .Get<IEnumerable<EndpointDataSource>>()
                .SelectMany(source => source.Endpoints)
                .OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.Metadata.GetMetadata<NeedsAttribute>() is { ForStaff: true })
                .Select(endpoint => endpoint.RoutePattern.RawText!)
                .Order(StringComparer.Ordinal)
        )
        {
            yield return route switch
            {
                "/operator/customers/{Id}" => $"/operator/customers/{customer.Id}",
                "/operator/calls/{Id}" => $"/operator/calls/{charge}",
                "/operator/refund-requests/{Id}" => $"/operator/refund-requests/{asked}",
                _ => route,
            };
            if (route == "/operator/staff")
                yield return $"/operator/staff?of={AddedAsync().Result.Id}";
        }
    }

    private async Task<StaffMember> AddedAsync() =>
        (
            await server
                .Get<StaffDesk>()
                .AddAsync(server.NewPhoneNumber(), "Bob", [StaffRole.Support], null, AuditActor.System("test"), null, PortalServer.Cancel)
        ).Required();

    private async Task<RefundRequestId> AskBackAsync(Customer customer)
    {
        var call = await server.CallAsync((await server.KeyAsync(customer, "broken")).Text);
        return (await server.Get<RefundRequests>().AskAsync(customer.Id, null, call.Charge, Reason, PortalServer.Cancel)).Required().Id;
    }

    private async Task GiveAsync(Customer customer)
    {
        var given = await server
            .Get<Tokenline.Commerce.Entitlement.Buckets>()
            .GrantAsync(
                customer,
                new(null, BucketType.Bonus, new QuotaUnit("general-token"), null, 1_000_000),
                new("given", null, "for the test"),
                PortalServer.Cancel
            );
        Assert.Null(given.Refused);
    }

    /// <summary>A notification that could not be delivered.</summary>
    private async Task ParkAsync(Customer customer)
    {
        var now = TimeProvider.System.GetUtcNow();
        var store = server.Get<INotificationStore>();
        var delivery = new Delivery(0, 1, $"test/{customer.Id}", "sms", null, customer.Id, customer.Account, default, now, now)
        {
            State = DeliveryState.Parked,
        };
        await store.TakeAsync([delivery], await store.CursorAsync(PortalServer.Cancel), PortalServer.Cancel);
    }

    private async Task<long> NewestAsync() =>
        (await server.Get<AuditLog>().ListAsync(new AuditQuery(), null, 1, PortalServer.Cancel)) is [var newest] ? newest.Number : 0;

    private async Task<IReadOnlyList<AuditEntry>> SinceAsync(long number) =>
        [
            .. (await server.Get<AuditLog>().ListAsync(new AuditQuery(), null, 50, PortalServer.Cancel)).Where(entry =>
                entry.Number > number
            ),
        ];
}
