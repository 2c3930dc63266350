using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Staff;

namespace Tokenline.Commerce.Tests.Access;

/// <summary>How long staff stay signed in, and who may take roles from whom.</summary>
public sealed class StaffSessionTests
{
    private static CancellationToken None => CancellationToken.None;
    private static readonly AuditActor key = new(AuditActorKind.ApiKey, "admin");

    [Fact]
    public async Task A_session_of_staff_ends_after_half_an_hour_unused_and_after_twelve_hours_and_a_subscribers_does_not()
    {
        await using var world = await World.OpenAsync();
        var subscriber = await world.NewCustomerAsync();
        await AddAsync(world, "+8613900000061", StaffRole.Support);
        var sessions = world.Get<Sessions>();
        var (own, staff) = (
            await sessions.BeginAsync(subscriber.PhoneNumber, subscriber.Id, "", ""),
            await sessions.BeginAsync("+8613900000061", null, "", "")
        );
        for (var i = 0; i < 24; i++)
        {
            var who = await sessions.LookAsync(staff.Secret, None);
            Assert.Equal((null, "Somebody"), (who!.Visitor, who.Staff!.Member.Name));
            world.Time.Advance(TimeSpan.FromMinutes(29));
        }
        world.Time.Advance(TimeSpan.FromMinutes(25)); // 12 hours and a minute
        Assert.Null(await sessions.LookAsync(staff.Secret, None));
        Assert.NotNull((await sessions.LookAsync(own.Secret, None))!.Visitor);

        var second = await sessions.BeginAsync("+8613900000061", null, "", "");
        world.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.Null(await sessions.LookAsync(second.Secret, None));
        Assert.Empty(await sessions.ListAsync("+8613900000061", None));
    }

    [Fact]
    public async Task A_page_that_is_left_open_and_asks_by_itself_keeps_no_session_alive()
    {
        await using var world = await World.OpenAsync();
        await AddAsync(world, "+8613900000062", StaffRole.Support);
        var sessions = world.Get<Sessions>();
        var left = await sessions.BeginAsync("+8613900000062", null, "", "");
        for (var minute = 0; minute < 30; minute += 10)
        {
            Assert.NotNull(await sessions.LookAsync(left.Secret, None, isUse: false));
            world.Time.Advance(TimeSpan.FromMinutes(10));
        }
        world.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await sessions.LookAsync(left.Secret, None, isUse: false));
    }

    [Fact]
    public async Task Who_is_removed_is_signed_out_everywhere()
    {
        await using var world = await World.OpenAsync();
        var ann = await AddAsync(world, "+8613900000063", StaffRole.Support);
        var sessions = world.Get<Sessions>();
        var open = new[]
        {
            await sessions.BeginAsync(ann.PhoneNumber, null, "", ""),
            await sessions.BeginAsync(ann.PhoneNumber, null, "", ""),
        };
        (await world.Get<StaffDesk>().RemoveAsync(ann.Id, key, "has left", None)).Required();
        foreach (var session in open)
            Assert.Null(await sessions.LookAsync(session.Secret, None));
        Assert.Empty(await sessions.ListAsync(ann.PhoneNumber, None));
    }

    [Fact]
    public async Task Nobody_takes_their_own_administrator_role_and_the_last_one_stays_unless_the_operators_key_says_otherwise()
    {
        await using var world = await World.OpenAsync();
        var desk = world.Get<StaffDesk>();
        var (ann, bob) = (
            await AddAsync(world, "+8613900000071", StaffRole.Administrator),
            await AddAsync(world, "+8613900000072", StaffRole.Support)
        );
        AuditActor By(StaffMember member) => new(AuditActorKind.Staff, member.Id.ToString(), member.Name);

        Assert.Equal(Problems.WrongState, (await desk.RemoveAsync(ann.Id, By(ann), null, None)).Refused!.Problem);
        Assert.Equal(
            Problems.WrongState,
            (await desk.ChangeAsync(ann.Id, null, [StaffRole.Support], By(ann), null, None)).Refused!.Problem
        );
        Assert.Equal(Problems.WrongState, (await desk.RemoveAsync(ann.Id, By(bob), null, None)).Refused!.Problem);
        await desk.ChangeAsync(bob.Id, null, [StaffRole.Administrator], By(ann), null, None);
        Assert.NotNull((await desk.RemoveAsync(ann.Id, By(bob), null, None)).Value!.EndedAt);
        Assert.NotNull((await desk.RemoveAsync(bob.Id, key, null, None)).Value!.EndedAt);
    }

    [Theory]
    [InlineData("13900000071", "Ann", StaffRole.Support, null, "phoneNumber")]
    [InlineData("+8613900000071", " ", StaffRole.Support, null, "name")]
    [InlineData("+8613900000071", "Ann", StaffRole.VendorViewer, null, "roles")]
    [InlineData("+8613900000071", "Ann", StaffRole.Support, "zhipu", "roles")]
    [InlineData("+8613900000071", "Ann", StaffRole.VendorViewer, "nobody", "vendor")]
    [InlineData("+8613900000071", "Ann", (StaffRole)99, null, "roles")]
    public async Task What_is_wrong_with_somebody_new_is_said_by_its_field(
        string phone,
        string name,
        StaffRole role,
        string? vendor,
        string param
    )
    {
        await using var world = await World.OpenAsync();
        var refused = (await world.Get<StaffDesk>().AddAsync(phone, name, [role], vendor, key, null, None)).Refused;
        Assert.Equal(param, refused!.Param);
        Assert.Empty(await world.Get<AuditLog>().ListAsync(new AuditQuery(), null, 10, None));
    }

    private static async Task<StaffMember> AddAsync(World world, string phone, StaffRole role) =>
        (await world.Get<StaffDesk>().AddAsync(phone, "Somebody", [role], null, key, null, None)).Required();
}
