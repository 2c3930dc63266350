namespace Tokenline.Commerce.Tests.Api;

/// <summary>Staff and the audit log over the management API; and that each of its changes is in the log.</summary>
public sealed class StaffApiTests : ManagementApiHost
{
    [Fact]
    public async Task Staff_are_added_changed_and_removed_and_each_is_one_entry_with_before_and_after()
    {
        http.DefaultRequestHeaders.Add("X-Reason", Uri.EscapeDataString("新员工 joins"));
        var made = await SendAsync(
            HttpMethod.Post,
            "staff",
            """{"phoneNumber":"+8613900000081","name":"Ann","roles":["support","finance"]}""",
            201
        );
        var id = made["id"];
        Assert.Equal(("finance", "support"), (made["roles.0"], made["roles.1"]));
        await SendAsync(HttpMethod.Post, "staff", """{"phoneNumber":"+8613900000081","name":"Ann","roles":["support"]}""", 409);
        await SendAsync(HttpMethod.Post, "staff", """{"phoneNumber":"+8613900000081","name":"Ann","roles":["king"]}""", 400);
        await SendAsync(HttpMethod.Put, $"staff/{id}", """{"roles":["auditor"]}""");
        await SendAsync(HttpMethod.Delete, $"staff/{id}");
        await SendAsync(HttpMethod.Delete, $"staff/{id}");
        Assert.NotNull((await SendAsync(HttpMethod.Get, $"staff/{id}"))["endedAt"]);

        var log = await SendAsync(HttpMethod.Get, $"audit-log?kind=staff&id={id}");
        Assert.Equal(
            ("staff.remove", "staff.change", "staff.add", null),
            (log["items.0.action"], log["items.1.action"], log["items.2.action"], log["items.3.action"])
        );
        Assert.Equal(("apiKey", "admin", "新员工 joins"), (log["items.1.who.kind"], log["items.1.who.id"], log["items.1.why"]));
        Assert.Equal(("finance", "auditor"), (log["items.1.before.roles.0"], log["items.1.after.roles.0"]));
    }

    [Fact]
    public async Task Every_change_has_an_entry_before_it_and_one_with_its_end_and_what_only_looks_has_none()
    {
        var customer = await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000091","name":"Bob"}""", 201);
        await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"bob","name":"Bob"}""", 400);
        await SendAsync(HttpMethod.Post, $"customers/{customer["id"]}/suspend", """{"reason":"stolen"}""");
        var newest = (await SendAsync(HttpMethod.Get, "audit-log?limit=1"))["items.0.number"];
        await SendAsync(HttpMethod.Get, "customers");
        await SendAsync(HttpMethod.Post, "nothing-here", "{}", 404);
        await SendAsync(HttpMethod.Post, "ratings", """{"model":"glm-5","usage":{"input":1}}""");
        Assert.Equal(newest, (await SendAsync(HttpMethod.Get, "audit-log?limit=1"))["items.0.number"]);

        var log = await SendAsync(HttpMethod.Get, "audit-log?limit=6");
        Assert.Equal(
            [
                ("POST /customers/{id}/suspend", "made"),
                ("POST /customers/{id}/suspend", "begun"),
                ("POST /customers", "refused"),
                ("POST /customers", "begun"),
                ("POST /customers", "made"),
                ("POST /customers", "begun"),
            ],
            Enumerable.Range(0, 6).Select(i => (log[$"items.{i}.action"]!, log[$"items.{i}.stage"]!))
        );
        Assert.Equal(
            ("stolen", customer["id"], customer["id"]),
            (log["items.1.after.reason"], log["items.1.on.id"], log["items.1.customer"])
        );
        Assert.StartsWith("invalid_request_error", log["items.2.why"]);
        Assert.Equal(log["items.3.id"], log["items.2.of"]);
        var ofCustomer = await SendAsync(HttpMethod.Get, $"audit-log?customer={customer["id"]}");
        Assert.Equal(("made", "begun", null), (ofCustomer["items.0.stage"], ofCustomer["items.1.stage"], ofCustomer["items.2.stage"]));
        await SendAsync(HttpMethod.Get, "audit-log?from=yesterday", status: 400);
        await SendAsync(HttpMethod.Get, "audit-log?customer=bob", status: 400);
        await SendAsync(HttpMethod.Get, "audit-log?actorKind=king", status: 400);
    }

    [Fact]
    public async Task No_secret_of_a_request_is_in_the_log()
    {
        // One that is taken, and one that is refused.
        foreach (var address in new[] { "http://127.0.0.1:9/v1", "not an address" })
        {
            using var body = new StringContent(
                $$"""{"id":"newcomer","name":"Newcomer","baseUrl":"{{address}}","apiKeys":["sk-very-secret"],"allowPrivateAddress":true}""",
                System.Text.Encoding.UTF8,
                "application/json"
            );
            using var answer = await http.PostAsync(new Uri("vendors", UriKind.Relative), body);
            Assert.Equal(address[0] == 'h', answer.IsSuccessStatusCode);
        }
        var log = await SendAsync(HttpMethod.Get, "audit-log?limit=10");
        Assert.Contains("newcomer", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-very-secret", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_chain_is_verified_from_its_head_on()
    {
        await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000093","name":"Eve"}""", 201);
        var verified = await SendAsync(HttpMethod.Get, "audit-log/verification");
        Assert.Equal("True", verified["whole"]);
        var (number, hash) = (verified["number"], verified["hash"]!);
        await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000094","name":"Eva"}""", 201);
        Assert.Equal("True", (await SendAsync(HttpMethod.Get, $"audit-log/verification?number={number}&hash={hash}"))["whole"]);
        var other = hash[0] == '0' ? '1' + hash[1..] : '0' + hash[1..];
        Assert.Equal(number, (await SendAsync(HttpMethod.Get, $"audit-log/verification?number={number}&hash={other}"))["brokenAt"]);
        Assert.Equal("False", (await SendAsync(HttpMethod.Get, $"audit-log/verification?number=9999&hash={hash}"))["whole"]);
        await SendAsync(HttpMethod.Get, "audit-log/verification?number=0&hash=x", status: 400);
    }
}
