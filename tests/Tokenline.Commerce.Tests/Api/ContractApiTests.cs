using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Api;

public sealed class ContractApiTests : ManagementApiHost
{
    private const string Sheet = """{"currency":"USD","tiers":[{"price":{"input":"0.25","output":"1"}}],"serviceClasses":{"flex":"0.5"}}""";

    [Fact]
    public async Task The_operator_sees_what_a_call_costs_it_and_how_that_came_about()
    {
        var put = await SendAsync(
            HttpMethod.Put,
            "contracts",
            $$$"""{"vendor":"zhipu","model":"glm-5","price":{{{Sheet}}},"reason":"C-17"}"""
        );
        Assert.Equal(
            ("zhipu", "glm-5", "started", "C-17", "0.25"),
            (put["vendor"], put["model"], put["state"], put["reason"], put["price.tiers.0.price.input"])
        );
        Assert.NotNull(put["version"]);
        Assert.Equal(put["version"], (await SendAsync(HttpMethod.Get, "contracts?vendor=zhipu&model=glm-5"))["items.0.version"]);
        Assert.Null((await SendAsync(HttpMethod.Get, "contracts?vendor=google"))["items.0.version"]);

        var record = await CallAsync(ServiceClass.Flex);

        var shown = await SendAsync(HttpMethod.Get, $"charges/{record.Charge}");
        Assert.Equal(
            (put["version"], "0.003", "USD"),
            (shown["wholesale.contractVersion"], shown["wholesale.cost.amount"], shown["wholesale.cost.currency"])
        );
        var receipt = await SendAsync(HttpMethod.Get, $"charges/{record.Charge}/receipt");
        Assert.Equal(
            ("zhipu", "0.003", "0.0025", "0.0005", "service class flex", "0.5", "0.003"),
            (
                receipt["wholesale.vendor"],
                receipt["wholesale.cost.amount"],
                receipt["wholesale.price.lines.0.amount"],
                receipt["wholesale.price.lines.1.amount"],
                receipt["wholesale.price.multipliers.0.name"],
                receipt["wholesale.price.multipliers.0.factor"],
                receipt["wholesale.price.exact"]
            )
        );
        Assert.Equal("0.098", receipt["retail.amount"]); // the customer asked for no class
    }

    [Theory]
    [InlineData("""{"model":"glm-5","price":S}""", 400, "vendor")]
    [InlineData("""{"vendor":"zhipu","price":S}""", 400, "model")]
    [InlineData("""{"vendor":"zhipu","model":"glm-5"}""", 400, "price")]
    [InlineData("""{"vendor":"zhipu","model":"glm-5","price":{}}""", 400, "price.currency")]
    [InlineData("""{"vendor":"zhipu","model":"none","price":S}""", 404, "model")]
    [InlineData("""{"vendor":"nobody","model":"glm-5","price":S}""", 404, "vendor")]
    [InlineData("""{"vendor":"zhipu","model":"glm-5","price":S,"effectiveFrom":"2026-08-01T00:00:00Z"}""", 400, "effectiveFrom")]
    public async Task What_is_no_contract_is_named_and_nothing_is_kept(string body, int status, string param)
    {
        var answer = await SendAsync(HttpMethod.Put, "contracts", body.Replace("S", Sheet, StringComparison.Ordinal), status);

        Assert.Equal(param, answer["param"]);
        Assert.Null((await SendAsync(HttpMethod.Get, "contracts?model=glm-5"))["items.0.version"]);
    }

    /// <summary>Asked for in the standard class, and served in another.</summary>
    private async Task<UsageRecord> CallAsync(ServiceClass served)
    {
        var customer = await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000009","name":"Li Lei"}""", 201);
        await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{customer["id"]}}","offering":"plan-light"}""", 201);
        var account = AccountId.Parse(customer["account"]!);
        return await CallAsync(account, ending: plain => plain with { Service = served });
    }
}
