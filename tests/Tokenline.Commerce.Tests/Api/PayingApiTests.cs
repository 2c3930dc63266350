using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Tests.Orders;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>Wallets, invoices, vouchers, referrals, consents and confirmations over the API.</summary>
public sealed class PayingApiTests : ManagementApiHost
{
    private readonly FakePasswords passwords = new();

    private protected override void Register(IServiceCollection services) => services.AddSingleton<IOneTimePasswords>(passwords);

    [Fact]
    public async Task A_wallet_is_filled_pays_and_lists_every_movement()
    {
        var customer = await CustomerAsync();
        Assert.Equal("0", (await SendAsync(HttpMethod.Get, $"customers/{customer}/wallet"))["balance.amount"]);
        var topUp = await SendAsync(HttpMethod.Post, $"customers/{customer}/wallet/top-ups", Amount("50", ""","externalId":"a" """), 201);
        Assert.Equal(("completed", "phoneBill"), (topUp["state"], topUp["source"]));
        var again = await SendAsync(HttpMethod.Post, $"customers/{customer}/wallet/top-ups", Amount("50", ""","externalId":"a" """), 201);
        Assert.Equal(topUp["id"], again["id"]);
        Assert.Equal(topUp["id"], (await SendAsync(HttpMethod.Get, $"top-ups/{topUp["id"]}"))["id"]);
        await SendAsync(
            HttpMethod.Post,
            $"customers/{customer}/wallet/top-ups",
            Amount("5", ""","source":"recorded","reference":"r" """),
            201
        );

        var order = await SendAsync(HttpMethod.Post, "orders", Order(customer, "plan-light", ""","paymentMethod":"wallet" """), 201);
        Assert.Equal(("completed", "wallet"), (order["state"], order["paymentMethod"]));
        await SendAsync(HttpMethod.Post, $"customers/{customer}/wallet/pay-outs", Amount("5.1", ""","reference":"out" """));
        var refused = await SendAsync(
            HttpMethod.Post,
            "orders",
            Order(customer, "agent-20k", ""","paymentMethod":"wallet","externalId":"x" """),
            201
        );
        Assert.Equal("completed", refused["state"]); // 40 of 40
        Assert.Equal(
            "payment_refused",
            (await SendAsync(HttpMethod.Post, "orders", Order(customer, "token-pack", ""","paymentMethod":"wallet" """), 402))["code"]
        );

        var statement = await SendAsync(HttpMethod.Get, $"customers/{customer}/wallet/movements?limit=2");
        Assert.Equal(
            ("payment", "-40", "0"),
            (statement["items.0.type"], statement["items.0.amount.amount"], statement["items.0.balance.amount"])
        );
        Assert.Equal("payOut", statement["items.1.type"]);
        var older = await SendAsync(HttpMethod.Get, $"customers/{customer}/wallet/movements?before={statement["next"]}");
        Assert.Equal(
            ("payment", "topUp", "topUp", null),
            (older["items.0.type"], older["items.1.type"], older["items.2.type"], older["items.3.type"])
        );
        Assert.Equal("2", (await SendAsync(HttpMethod.Get, $"customers/{customer}/wallet/top-ups")).Text.Split("\"id\"").Length - 1 + "");
    }

    [Fact]
    public async Task What_is_bought_by_invoice_is_listed_and_paid_in_parts()
    {
        var customer = await CustomerAsync();
        var byInvoice = Order(customer, "plan-light", ""","paymentMethod":"invoice","purchaseOrder":"PO-1" """);
        Assert.Equal("not_eligible", (await SendAsync(HttpMethod.Post, "orders", byInvoice, 403))["code"]);
        var terms = await SendAsync(
            HttpMethod.Put,
            $"customers/{customer}/invoice-terms",
            """{"creditLimit":{"amount":"20","currency":"CNY"},"netDays":14,"needsPurchaseOrder":true}"""
        );
        Assert.Equal(("14", "0", "False"), (terms["netDays"], terms["open.amount"], terms["ended"]));
        var without = Order(customer, "plan-light", ""","paymentMethod":"invoice" """);
        Assert.Equal("purchaseOrder", (await SendAsync(HttpMethod.Post, "orders", without, 400))["param"]);

        var order = await SendAsync(HttpMethod.Post, "orders", byInvoice, 201);
        var list = await SendAsync(HttpMethod.Get, $"customers/{customer}/receivables?open=true");
        Assert.Equal(
            ("open", "PO-1", "9.9", order["id"]),
            (list["items.0.state"], list["items.0.purchaseOrder"], list["items.0.open.amount"], list["items.0.correlator"])
        );
        var id = list["items.0.id"];
        Assert.Equal(id, order["paymentReference"]);
        var part = await SendAsync(HttpMethod.Post, $"receivables/{id}/payments", Amount("4", ""","reference":"t1" """));
        Assert.Equal("5.9", part["open.amount"]);
        Assert.Equal(
            "5.9",
            (await SendAsync(HttpMethod.Post, $"receivables/{id}/payments", Amount("4", ""","reference":"t1" """)))["open.amount"]
        );
        Assert.Equal(
            "idempotency_conflict",
            (await SendAsync(HttpMethod.Post, $"receivables/{id}/payments", Amount("3", ""","reference":"t1" """), 409))["code"]
        );
        Assert.Equal(
            "amount.amount",
            (await SendAsync(HttpMethod.Post, $"receivables/{id}/payments", Amount("6", ""","reference":"t2" """), 400))["param"]
        );
        Assert.Equal(
            "settled",
            (await SendAsync(HttpMethod.Post, $"receivables/{id}/payments", Amount("5.9", ""","reference":"t3" """)))["state"]
        );
        var shown = await SendAsync(HttpMethod.Get, $"receivables/{id}");
        Assert.Equal(("issued", "paid", "paid"), (shown["entries.0.type"], shown["entries.1.type"], shown["entries.2.type"]));
        Assert.Equal("True", (await SendAsync(HttpMethod.Delete, $"customers/{customer}/invoice-terms"))["ended"]);
        Assert.Equal("not_eligible", (await SendAsync(HttpMethod.Post, "orders", byInvoice, 403))["code"]);
        var plan = order["product"];
        var byWallet = await SendAsync(HttpMethod.Put, $"subscriptions/{plan}/payment-method", """{"paymentMethod":"wallet"}""");
        Assert.Equal("wallet", byWallet["paymentMethod"]);
        Assert.Equal("paymentMethod", (await SendAsync(HttpMethod.Put, $"subscriptions/{plan}/payment-method", "{}", 400))["param"]);
        Assert.Equal("0", (await SendAsync(HttpMethod.Post, "subscriptions/adopt"))["adopted"]);
    }

    [Fact]
    public async Task Vouchers_and_referrals_are_made_used_and_shown()
    {
        var made = await SendAsync(HttpMethod.Post, "vouchers", """{"type":"percent","code":"half-off","percent":"50"}""", 201);
        Assert.Equal(("HALF-OFF", "1", "0"), (made["items.0.code"], made["items.0.uses"], made["items.0.used"]));
        var one = await CustomerAsync();
        var order = await SendAsync(HttpMethod.Post, "orders", Order(one, "plan-light", ""","voucher":"half-off" """), 201);
        Assert.Equal(("4.95", "4.95", "HALF-OFF"), (order["price.amount"], order["discount.amount"], order["voucher"]));
        Assert.Equal(
            ("voucher_refused", "voucher"),
            (await SendAsync(HttpMethod.Post, "orders", Order(one, "plan-light", ""","voucher":"half-off" """), 409)) is var used
                ? (used["code"], used["param"])
                : default
        );
        Assert.Equal(order["id"], (await SendAsync(HttpMethod.Get, "vouchers/half-off"))["uses.0.order"]);
        Assert.Equal("True", (await SendAsync(HttpMethod.Post, "vouchers/half-off/end"))["ended"]);
        Assert.Contains("HALF-OFF", (await SendAsync(HttpMethod.Get, "vouchers")).Text, StringComparison.Ordinal);

        Assert.Equal("not_found", (await SendAsync(HttpMethod.Get, "referral-terms", status: 404))["code"]);
        await SendAsync(
            HttpMethod.Put,
            "referral-terms",
            """{"grant":{"unit":"general-token","amount":"1000000","days":30},"leastPrice":{"amount":"9","currency":"CNY"}}"""
        );
        var code = (await SendAsync(HttpMethod.Get, $"customers/{one}/referrals"))["code"];
        var two = await CustomerAsync("+8613900000008");
        await SendAsync(HttpMethod.Post, "orders", Order(two, "plan-light", $$""","referral":"{{code}}" """), 201);
        Assert.Equal("pending", (await SendAsync(HttpMethod.Get, $"customers/{one}/referrals"))["items.0.state"]);
    }

    [Fact]
    public async Task An_order_waits_for_a_code_or_is_bought_by_one_click()
    {
        var customer = await CustomerAsync();
        var order = await SendAsync(
            HttpMethod.Post,
            "orders",
            Order(customer, "plan-light", ""","confirmation":"oneTimePassword" """),
            202
        );
        Assert.Equal(("pending", "True"), (order["state"], order["needsCode"]));
        Assert.Equal("wrong_code", (await SendAsync(HttpMethod.Post, $"orders/{order["id"]}/confirm", """{"code":"1"}""", 403))["code"]);
        await SendAsync(HttpMethod.Post, $"orders/{order["id"]}/code", status: 202);
        Assert.Equal("completed", (await SendAsync(HttpMethod.Post, $"orders/{order["id"]}/confirm", """{"code":"1234"}"""))["state"]);
        var set = await SendAsync(HttpMethod.Post, "orders", Order(customer, "plan-light", ""","confirmation":"reservation" """), 202);
        Assert.Equal("cancelled", (await SendAsync(HttpMethod.Post, $"orders/{set["id"]}/cancel"))["state"]);
        Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Post, $"orders/{set["id"]}/confirm", status: 409))["code"]);

        var click = Order(customer, "plan-light", ""","confirmation":"oneClick" """);
        Assert.Equal("confirmation_required", (await SendAsync(HttpMethod.Post, "orders", click, 403))["code"]);
        await SendAsync(
            HttpMethod.Post,
            $"customers/{customer}/one-click",
            """{"perOrder":{"amount":"10","currency":"CNY"},"perMonth":{"amount":"10","currency":"CNY"}}"""
        );
        Assert.Equal(
            "active",
            (await SendAsync(HttpMethod.Post, $"customers/{customer}/one-click/confirm", """{"code":"1234"}"""))["state"]
        );
        Assert.Equal("completed", (await SendAsync(HttpMethod.Post, "orders", click, 201))["state"]);
        Assert.Equal("confirmation_required", (await SendAsync(HttpMethod.Post, "orders", click, 403))["code"]);
        using var revoked = await http.DeleteAsync($"customers/{customer}/one-click");
        Assert.Equal(204, (int)revoked.StatusCode);
        Assert.Equal("not_found", (await SendAsync(HttpMethod.Get, $"customers/{customer}/one-click", status: 404))["code"]);
    }

    [Theory]
    [InlineData("wallet/top-ups", "{}", "amount")]
    [InlineData("wallet/top-ups", """{"amount":{"amount":"1","currency":"USD"}}""", "amount.currency")]
    [InlineData("wallet/top-ups", """{"amount":{"amount":"1e30","currency":"CNY"}}""", "amount.amount")]
    [InlineData("wallet/top-ups", """{"amount":{"amount":"1","currency":"CNY"},"reference":"r"}""", "reference")]
    [InlineData("wallet/top-ups", """{"amount":{"amount":"1","currency":"CNY"},"source":"recorded","externalId":"r"}""", "externalId")]
    [InlineData("wallet/pay-outs", """{"amount":{"amount":"1","currency":"CNY"}}""", "reference")]
    [InlineData("one-click", """{"perOrder":{"amount":"1","currency":"CNY"}}""", "perMonth")]
    public async Task Bad_input_is_refused_by_its_field(string path, string body, string param)
    {
        var customer = await CustomerAsync();

        Assert.Equal(param, (await SendAsync(HttpMethod.Post, $"customers/{customer}/{path}", body, 400))["param"]);
        Assert.Equal("0", (await SendAsync(HttpMethod.Get, $"customers/{customer}/wallet"))["balance.amount"]);
    }

    private static string Amount(string amount, string more = "") =>
        $$$"""{"amount":{"amount":"{{{amount}}}","currency":"CNY"}{{{more}}}}""";

    private static string Order(string customer, string offering, string more) =>
        $$"""{"customer":"{{customer}}","offering":"{{offering}}"{{more}}}""";

    private async Task<string> CustomerAsync(string number = "+8613900000009") =>
        (await SendAsync(HttpMethod.Post, "customers", $$"""{"phoneNumber":"{{number}}","name":"Li Lei"}""", 201))["id"]!;
}
