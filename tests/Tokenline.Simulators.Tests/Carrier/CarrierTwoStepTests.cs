using System.Net;
using Tokenline.Simulators.Carrier;
using static Tokenline.Simulators.Tests.Carrier.CarrierDesk;

namespace Tokenline.Simulators.Tests.Carrier;

public sealed class CarrierTwoStepTests
{
    private const string Prepare = Payments + "/prepare";
    private static readonly object phone = new { phoneNumber = Number };

    [Fact]
    public async Task What_is_prepared_is_reserved_and_charged_when_it_is_confirmed()
    {
        await using var desk = await OpenAsync();
        var prepared = await desk.MadeAsync(Prepare, Payment("c1", 400m));
        Assert.Equal("reserved", prepared["paymentStatus"]!.ToString());
        Assert.Null(prepared["paymentDate"]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await desk.PostAsync(Payments, Payment("c2", 101m))).Status);

        desk.Time.Advance(TimeSpan.FromMinutes(1));
        var path = $"{Payments}/{prepared["paymentId"]}";
        Assert.Equal((HttpStatusCode.Accepted, null), await desk.PostAsync(path + "/confirm", phone));
        var paid = (await desk.GetAsync(path)).Body!;
        Assert.Equal("succeeded", paid["paymentStatus"]!.ToString());
        Assert.Equal(desk.Time.GetUtcNow(), paid["paymentDate"]!.GetValue<DateTimeOffset>());
        Assert.Equal((HttpStatusCode.Conflict, "CARRIER_BILLING.PAYMENT_CONFIRMED"), await desk.RefusedAsync(path + "/confirm", phone));
        Assert.Equal((HttpStatusCode.Conflict, "CARRIER_BILLING.PAYMENT_CONFIRMED"), await desk.RefusedAsync(path + "/cancel", phone));
    }

    [Fact]
    public async Task What_is_cancelled_frees_the_month_and_cannot_be_confirmed()
    {
        await using var desk = await OpenAsync();
        var path = $"{Payments}/{(await desk.MadeAsync(Prepare, Payment("c1", 500m)))["paymentId"]}";
        Assert.Equal(HttpStatusCode.Accepted, (await desk.PostAsync(path + "/cancel", phone)).Status);
        Assert.Equal("cancelled", (await desk.GetAsync(path)).Body!["paymentStatus"]!.ToString());
        Assert.Equal((HttpStatusCode.Conflict, "CARRIER_BILLING.PAYMENT_CANCELLED"), await desk.RefusedAsync(path + "/confirm", phone));
        Assert.Equal((HttpStatusCode.Conflict, "CARRIER_BILLING.PAYMENT_CANCELLED"), await desk.RefusedAsync(path + "/cancel", phone));
        await desk.MadeAsync(Payments, Payment("c2", 500m));
    }

    [Fact]
    public async Task A_reservation_that_nobody_confirms_is_let_go()
    {
        await using var desk = await OpenAsync(new() { ReservationTime = TimeSpan.FromMinutes(15) });
        var id = (await desk.MadeAsync(Prepare, Payment("c1", 500m)))["paymentId"]!.ToString();
        desk.Time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        Assert.Equal("reserved", await desk.StatusOfAsync(id));
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("cancelled", await desk.StatusOfAsync(id));
        Assert.Equal(HttpStatusCode.Conflict, (await desk.PostAsync($"{Payments}/{id}/confirm", phone)).Status);
        await desk.MadeAsync(Payments, Payment("c2", 500m));
    }

    [Fact]
    public async Task A_reservation_and_its_end_are_known_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("carrier");
        try
        {
            string first,
                second;
            await using (var desk = await OpenAsync(new() { Folder = folder.FullName }))
            {
                first = (await desk.MadeAsync(Prepare, Payment("c1")))["paymentId"]!.ToString();
                second = (await desk.MadeAsync(Prepare, Payment("c2")))["paymentId"]!.ToString();
                await desk.PostAsync($"{Payments}/{second}/confirm", phone);
            }
            await using (var desk = await OpenAsync(new() { Folder = folder.FullName }))
            {
                Assert.Equal("reserved", await desk.StatusOfAsync(first));
                Assert.Equal("succeeded", await desk.StatusOfAsync(second));
                Assert.Equal(2, desk.Carrier.Entries.Count);
                desk.Time.Advance(TimeSpan.FromMinutes(15));
                Assert.Equal("cancelled", await desk.StatusOfAsync(first));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_second_step_names_the_number_and_a_payment_that_is_there()
    {
        await using var desk = await OpenAsync();
        var path = $"{Payments}/{(await desk.MadeAsync(Prepare, Payment("c1")))["paymentId"]}/confirm";
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "MISSING_IDENTIFIER"), await desk.RefusedAsync(path, new { }));
        Assert.Equal(
            (HttpStatusCode.NotFound, "IDENTIFIER_NOT_FOUND"),
            await desk.RefusedAsync(path, new { phoneNumber = "+8613800009999" })
        );
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_ARGUMENT"), await desk.RefusedAsync(path, new { phoneNumber = "1380" }));
        Assert.Equal((HttpStatusCode.NotFound, "NOT_FOUND"), await desk.RefusedAsync($"{Payments}/pay-unknown/confirm", phone));
    }

    [Fact]
    public async Task A_number_that_needs_validation_gets_a_code_and_pays_only_with_it()
    {
        await using var desk = await OpenAsync();
        var ours = new { phoneNumber = "+8613800009910" };
        var prepared = await desk.MadeAsync(Prepare, Payment("c1", number: ours.phoneNumber));
        Assert.Equal("pending_validation", prepared["paymentStatus"]!.ToString());
        Assert.Equal("validate", prepared["validationInfo"]!["action"]!.ToString());
        var authorizationId = prepared["validationInfo"]!["authorizationId"]!.ToString();
        var path = $"{Payments}/{prepared["paymentId"]}";
        Assert.Equal((HttpStatusCode.Conflict, "CONFLICT"), await desk.RefusedAsync(path + "/confirm", ours));

        var code = Assert.Single(desk.Carrier.Messages.All).Text[..6];
        Assert.Equal(
            (HttpStatusCode.BadRequest, "CARRIER_BILLING.INVALID_AUTHORIZATION_ID"),
            await desk.RefusedAsync(path + "/validate", new { authorizationId = "other", code })
        );
        Assert.Equal(
            (HttpStatusCode.BadRequest, "CARRIER_BILLING.INVALID_CODE"),
            await desk.RefusedAsync(path + "/validate", new { authorizationId, code = Other(code) })
        );
        Assert.Equal(HttpStatusCode.NoContent, (await desk.PostAsync(path + "/validate", new { authorizationId, code })).Status);
        Assert.Equal(
            (HttpStatusCode.Conflict, "ALREADY_EXISTS"),
            await desk.RefusedAsync(path + "/validate", new { authorizationId, code })
        );
        Assert.Equal(HttpStatusCode.Accepted, (await desk.PostAsync(path + "/confirm", ours)).Status);
        Assert.Equal("succeeded", await desk.StatusOfAsync(prepared["paymentId"]!.ToString()));
    }

    [Fact]
    public async Task After_three_wrong_codes_the_payment_is_denied()
    {
        await using var desk = await OpenAsync();
        var prepared = await desk.MadeAsync(Prepare, Payment("c1", number: "+8613800009910"));
        var (id, authorizationId) = (prepared["paymentId"]!.ToString(), prepared["validationInfo"]!["authorizationId"]!.ToString());
        var code = Assert.Single(desk.Carrier.Messages.All).Text[..6];
        var wrong = new { authorizationId, code = Other(code) };
        await desk.PostAsync($"{Payments}/{id}/validate", wrong);
        await desk.PostAsync($"{Payments}/{id}/validate", wrong);
        Assert.Equal(
            (HttpStatusCode.BadRequest, "CARRIER_BILLING.VALIDATION_FAILED"),
            await desk.RefusedAsync($"{Payments}/{id}/validate", wrong)
        );
        Assert.Equal(
            (HttpStatusCode.BadRequest, "CARRIER_BILLING.VALIDATION_FAILED"),
            await desk.RefusedAsync($"{Payments}/{id}/validate", new { authorizationId, code })
        );
        Assert.Equal("denied", await desk.StatusOfAsync(id));
    }

    [Fact]
    public async Task A_confirmation_that_was_accepted_may_still_be_denied()
    {
        await using var desk = await OpenAsync();
        var ours = new { phoneNumber = "+8613800009911" };
        var id = (await desk.MadeAsync(Prepare, Payment("c1", number: ours.phoneNumber)))["paymentId"]!.ToString();
        Assert.Equal(HttpStatusCode.Accepted, (await desk.PostAsync($"{Payments}/{id}/confirm", ours)).Status);
        Assert.Equal("denied", await desk.StatusOfAsync(id));
        Assert.Equal(
            (HttpStatusCode.Forbidden, "CARRIER_BILLING.PAYMENT_DENIED"),
            await desk.RefusedAsync($"{Payments}/{id}/confirm", ours)
        );
    }

    [Fact]
    public async Task A_correlator_of_a_payment_that_has_not_ended_is_refused_otherwise_than_one_that_has()
    {
        await using var desk = await OpenAsync();
        var first = await desk.MadeAsync(Prepare, Payment("c1"));
        Assert.Equal(first["paymentId"]!.ToString(), (await desk.MadeAsync(Prepare, Payment("c1")))["paymentId"]!.ToString());
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_ARGUMENT"), await desk.RefusedAsync(Payments, Payment("c1")));
        await desk.PostAsync($"{Payments}/{first["paymentId"]}/cancel", phone);
        Assert.Equal((HttpStatusCode.Conflict, "ALREADY_EXISTS"), await desk.RefusedAsync(Prepare, Payment("c1", 10m)));
        var again = await desk.MadeAsync(Prepare, Payment("c1"));
        Assert.Equal("cancelled", again["paymentStatus"]!.ToString());
    }

    private static string Other(string code) => code == "000000" ? "000001" : "000000";
}
