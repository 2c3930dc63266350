using Tokenline.Storage.Billing;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>Models that vendors want to list, over the management API.</summary>
public sealed class ModelProposalApiTests : ManagementApiHost
{
    private const string Sheet = """{"currency":"CNY","tiers":[{"price":{"input":"2","output":"8"}}]}""";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await app.Services.OpenBillingStorageAsync(CancellationToken.None);
    }

    [Fact]
    public async Task With_the_operators_yes_the_vendor_serves_the_model_and_the_log_says_what_was_and_why()
    {
        var proposed = await SendAsync(HttpMethod.Post, "model-proposals", Proposal("zhipu/glm-6"));
        Assert.Equal(("proposed", "zhipu", "chat"), (proposed["state"], proposed["by"], proposed["kind"]));
        Assert.Equal("zhipu/glm-6", (await SendAsync(HttpMethod.Get, "model-proposals?vendor=zhipu&state=proposed"))["items.0.model"]);
        Assert.Equal("2", (await SendAsync(HttpMethod.Get, "model-proposals/zhipu/zhipu%2Fglm-6"))["price.tiers.0.price.input"]);
        await SendAsync(HttpMethod.Get, "models/zhipu%2Fglm-6", status: 404);

        const string approve = "model-proposals/zhipu/zhipu%2Fglm-6/approve";
        Assert.Equal("reason", (await SendAsync(HttpMethod.Post, approve, "{}", 400))["param"]);
        Assert.Equal(
            "price.currency",
            (await SendAsync(HttpMethod.Post, approve, """{"reason":"fits","price":{"tiers":[]}}""", 400))["param"]
        );
        var approved = await SendAsync(HttpMethod.Post, approve, """{"reason":"fits our shelves"}""");
        Assert.Equal(("approved", "operator", "fits our shelves"), (approved["state"], approved["decidedBy"], approved["answer"]));
        var model = await SendAsync(HttpMethod.Get, "models/zhipu%2Fglm-6");
        Assert.Equal(("zhipu", "2"), (model["deployments.0.vendor"], model["charged.tiers.0.weights.general-token.input"]));

        var log = await SendAsync(HttpMethod.Get, "audit-log?kind=modelProposal&id=zhipu/zhipu%2Fglm-6");
        Assert.Equal(("made", "model.approve", "approved"), (log["items.0.stage"], log["items.0.action"], log["items.0.after.state"]));
        Assert.Equal(
            ("begun", "admin", "zhipu", "proposed", "fits our shelves"),
            (log["items.1.stage"], log["items.1.who.id"], log["items.1.vendor"], log["items.1.before.state"], log["items.1.why"])
        );
        // The sheet without a currency is in it too.
        Assert.Equal(("refused", "model.propose"), (log["items.2.stage"], log["items.5.action"]));

        Assert.Equal("approved", (await SendAsync(HttpMethod.Post, approve, """{"reason":"once more"}"""))["state"]);
        var late = await SendAsync(HttpMethod.Post, "model-proposals/zhipu/zhipu%2Fglm-6/reject", """{"reason":"too late"}""", 409);
        Assert.Equal("wrong_state", late["code"]);
    }

    [Fact]
    public async Task A_rejected_model_may_be_asked_for_again_and_one_that_waits_is_taken_back()
    {
        const string ours = """{"vendor":"deepseek","model":"glm-5","reason":"we host it too"}""";
        var proposed = await SendAsync(HttpMethod.Post, "model-proposals", ours);
        Assert.Null(proposed["price"]); // it is for sale already, at the model's price
        Assert.Equal(("conflict", "model"), Wrong(await SendAsync(HttpMethod.Post, "model-proposals", ours, 409)));
        Assert.Equal("reason", (await SendAsync(HttpMethod.Post, "model-proposals/deepseek/glm-5/reject", "{}", 400))["param"]);
        var rejected = await SendAsync(HttpMethod.Post, "model-proposals/deepseek/glm-5/reject", """{"reason":"not needed"}""");
        Assert.Equal(("rejected", "not needed"), (rejected["state"], rejected["answer"]));

        await SendAsync(HttpMethod.Post, "model-proposals", ours);
        const string withdraw = "model-proposals/deepseek/glm-5/withdraw";
        Assert.Equal("withdrawn", (await SendAsync(HttpMethod.Post, withdraw, """{"reason":"they asked us to"}"""))["state"]);
        Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Post, withdraw, """{"reason":"they asked us to"}""", 409))["code"]);

        var refused = await SendAsync(HttpMethod.Get, "audit-log?action=model.refuse");
        Assert.Equal(("rejected", "not needed"), (refused["items.0.after.state"], refused["items.1.why"]));
        var withdrawn = await SendAsync(HttpMethod.Get, "audit-log?action=model.withdraw");
        Assert.Equal(("refused", "they asked us to"), (withdrawn["items.0.stage"], withdrawn["items.1.why"]));
    }

    [Theory]
    [InlineData("""{"model":"x","reason":"why not"}""", 400, "vendor")]
    [InlineData("""{"vendor":"nobody","model":"x","reason":"why not"}""", 404, "vendor")]
    [InlineData("""{"vendor":"zhipu","reason":"why not"}""", 400, "model")]
    [InlineData("""{"vendor":"zhipu","model":"x y","reason":"why not"}""", 400, "model")]
    [InlineData("""{"vendor":"zhipu","model":"glm-5","reason":"why not"}""", 409, "model")]
    [InlineData("""{"vendor":"zhipu","model":"x","kind":9,"reason":"why not"}""", 400, "kind")]
    [InlineData("""{"vendor":"zhipu","model":"x","contextTokens":9,"outputTokensMax":9,"price":S}""", 400, "reason")]
    [InlineData(
        """{"vendor":"zhipu","model":"x","contextTokens":9,"outputTokensMax":10,"price":S,"reason":"why not"}""",
        400,
        "contextTokens"
    )]
    [InlineData("""{"vendor":"zhipu","model":"x","contextTokens":9,"outputTokensMax":9,"reason":"why not"}""", 400, "price")]
    [InlineData(
        """{"vendor":"zhipu","model":"x","contextTokens":9,"outputTokensMax":9,"price":{"currency":"CNY","tiers":[]},"reason":"why not"}""",
        400,
        "price.tiers"
    )]
    public async Task What_cannot_be_proposed_is_named_and_nothing_is_kept(string body, int status, string param)
    {
        var text = body.Replace(":S", $":{Sheet}", StringComparison.Ordinal);
        Assert.Equal(param, (await SendAsync(HttpMethod.Post, "model-proposals", text, status))["param"]);
        Assert.Null((await SendAsync(HttpMethod.Get, "model-proposals"))["items.0.model"]);
    }

    [Fact]
    public async Task A_dry_run_keeps_nothing_and_what_is_not_there_is_said_so()
    {
        var body = Proposal("glm-6").Replace("\"reason\"", "\"dryRun\":true,\"reason\"", StringComparison.Ordinal);
        Assert.Equal("glm-6", (await SendAsync(HttpMethod.Post, "model-proposals", body))["model"]);
        Assert.Null((await SendAsync(HttpMethod.Get, "audit-log?kind=modelProposal"))["items.0.id"]);
        Assert.Equal("not_found", (await SendAsync(HttpMethod.Get, "model-proposals/zhipu/glm-6", status: 404))["code"]);
        Assert.Equal("state", (await SendAsync(HttpMethod.Get, "model-proposals?state=lapsed", status: 400))["param"]);
    }

    private static (string?, string?) Wrong(Answer answer) => (answer["code"], answer["param"]);

    private static string Proposal(string model) =>
        $$"""{"vendor":"zhipu","model":"{{model}}","contextTokens":200000,"outputTokensMax":32000,"price":{{Sheet}},"reason":"our newest"}""";
}
