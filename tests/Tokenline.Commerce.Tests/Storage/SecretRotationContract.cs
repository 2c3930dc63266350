using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tokenline.Billing.Settlement;
using Tokenline.Billing.Vendors;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Files;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Responses;
using Tokenline.Commerce.Secrets;
using Tokenline.Storage.Billing;
using Tokenline.Storage.Management;
using Tokenline.Storage.Management.Secrets;
using Tokenline.Storage.Postgres;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteSecretRotationTests : SecretRotationContract
{
    private protected override Task<PostgresDatabase?> DatabaseAsync() => Task.FromResult<PostgresDatabase?>(null);
}

public sealed class PostgresSecretRotationTests : SecretRotationContract
{
    private protected override async Task<PostgresDatabase?> DatabaseAsync() =>
        await PostgresDatabase.OpenAsync(
            await Databases.NewAsync(),
            "test",
            [MembershipSchema.Area],
            TimeProvider.System,
            CancellationToken.None
        );

    [Fact]
    public async Task A_node_without_the_new_key_is_named_and_nothing_is_sealed_under_it_before_it_has_it()
    {
        await FillAsync(1);
        var folder = Directory.CreateTempSubdirectory("tokenline-node-").FullName;
        File.Copy(KeyPath, Path.Combine(folder, KeyFile.Name));
        var elsewhere = SecretSeal.Open(Path.Combine(folder, KeyFile.Name));
        await RunAsync(
            """
            INSERT INTO membership.cluster VALUES ('test');
            INSERT INTO membership.silo VALUES ('test', '10.0.0.1', 11111, 1, '1/100/all', 'one', 3, 0, '', now(), now());
            INSERT INTO membership.silo VALUES ('test', '10.0.0.2', 11111, 1, '2/200/all', 'two', 3, 0, '', now(), now());
            INSERT INTO membership.silo VALUES ('test', '10.0.0.3', 11111, 1, '3/300/all', 'gone', 6, 0, '', now(), now());
            """
        );
        using var here = Watch(1, 100, world.Get<SecretSeal>());
        using var there = Watch(2, 200, elsewhere);
        await here.RoundAsync(None);
        var key = KeyFile.Add(KeyPath, World.Start);

        Assert.Contains("node 2 (two, 10.0.0.2:11111) has not said", (await Rotation.StepAsync(None)).Refused!.Message);
        await there.RoundAsync(None);
        await here.RoundAsync(None);
        Assert.Contains($"node 2 (two, 10.0.0.2:11111) does not know the key {key.Id}", (await Rotation.StepAsync(None)).Refused!.Message);
        Assert.All(await KeysAsync(), known => Assert.Equal(known.Sealed > 0, known.Seals));
        Assert.DoesNotContain(await KeysAsync(), known => known.Id == key.Id && known.IsNeeded);

        File.Copy(KeyPath, Path.Combine(folder, KeyFile.Name), overwrite: true);
        await there.RoundAsync(None);
        var step = (await Rotation.StepAsync(None)).Required();
        Assert.Equal(0, step.Remaining);
        Assert.False(step.IsDone);
        Assert.Contains(step.NodesBehind, node => node.StartsWith("node 2", StringComparison.Ordinal));
        await there.RoundAsync(None);
        await here.RoundAsync(None);
        Assert.Equal(key.Id, elsewhere.Sealing!.Id);
        Assert.True((await Rotation.StepAsync(None)).Required().IsDone);

        // A file without the key that seals: that node seals nothing, and says so; a new one does not start.
        Directory.CreateDirectory(folder + "-late");
        File.WriteAllText(Path.Combine(folder + "-late", KeyFile.Name), File.ReadAllLines(KeyPath)[0]);
        var late = new ClusterSecret(folder + "-late");
        Assert.Contains("another secret", (await Assert.ThrowsAsync<DatabaseException>(() => late.CheckAsync(database!, None))).Message);
        Assert.Throws<DatabaseException>(() => late.Seal.Seal("secret", "owner"));
        Directory.Delete(folder, recursive: true);
        Directory.Delete(folder + "-late", recursive: true);
    }

    private SecretWatch Watch(int node, long run, SecretSeal seal) =>
        new(world.Get<PostgresSecretNodes>(), seal, node, run, world.Time, NullLogger<SecretWatch>.Instance);

    private async Task RunAsync(string sql)
    {
        await using var command = database!.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>Everything that is sealed is sealed anew under the newest key, in steps, and opens at each moment of it.</summary>
public abstract class SecretRotationContract : IAsyncLifetime
{
    private protected World world = null!;
    private protected PostgresDatabase? database;
    private readonly List<Func<World, Task>> opens = [];
    private int starts;

    private protected static CancellationToken None => CancellationToken.None;

    private protected string KeyPath => Path.Combine(world.Folder, KeyFile.Name);

    private protected ISecretRotation Rotation => world.Get<ISecretRotation>();

    private protected abstract Task<PostgresDatabase?> DatabaseAsync();

    public async ValueTask InitializeAsync()
    {
        database = await DatabaseAsync();
        world = await OpenAsync(null);
        await world.Services.OpenBillingStorageAsync(None);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await world.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }

    [Fact]
    public async Task Everything_sealed_moves_to_the_newest_key_in_steps_that_may_end_anywhere()
    {
        const int pieces = SecretRotation.StepRows + 30; // more than a step
        await FillAsync(pieces);
        var old = Assert.Single(await KeysAsync());
        Assert.True(old is { Seals: true, IsHere: true, Sealed: > pieces });
        Assert.True((await Rotation.StepAsync(None)).Required().IsDone); // there is nothing newer

        var made = KeyFile.Add(KeyPath, World.Start);
        var first = (await Rotation.StepAsync(None)).Required();
        Assert.Equal(made.Id, first.Key);
        Assert.InRange(first.Remaining, 1, old.Sealed - first.Resealed);
        await OpensAsync();

        // The process dies in the middle of it, and so does one that was changing the file: nothing is lost, and the next goes on.
        File.WriteAllText(KeyPath + ".new", "half a ke");
        await using (var after = await OpenAsync(world.Folder))
        {
            foreach (var open in opens)
                await open(after);
            await FillAsync(1, after, "later");
            for (var steps = 1; !(await after.Get<ISecretRotation>().StepAsync(None)).Required().IsDone; steps++)
                Assert.True(steps < 5);
            var keys = (await after.Get<ISecretRotation>().StateAsync(None)).Keys;
            Assert.Equal((0L, false), (keys.Single(key => key.Id == old.Id).Sealed, keys.Single(key => key.Id == old.Id).IsNeeded));
            Assert.True(keys.Single(key => key.Id == made.Id) is { Seals: true, Sealed: > pieces });
        }

        KeyFile.Remove(KeyPath, old.Id);
        await using var without = await OpenAsync(world.Folder);
        foreach (var open in opens)
            await open(without);
        Assert.Equal(made.Id, Assert.Single((await without.Get<ISecretRotation>().StateAsync(None)).Keys).Id);
    }

    [Fact]
    public async Task A_secret_that_no_key_here_opens_is_named_and_the_others_move()
    {
        await FillAsync(1);
        await using (var db = await world.Get<IDbContextFactory<ManagementDb>>().CreateDbContextAsync(None))
        {
            var alien = SecretSeal.Open(Path.Combine(world.Folder, "alien.secret"));
            db.Vendors.Single(vendor => vendor.Id == "first").SealedApiKey = alien.Seal("sk-of-nobody", "first");
            await db.SaveChangesAsync(None);
        }
        KeyFile.Add(KeyPath, World.Start);

        var step = (await Rotation.StepAsync(None)).Required();

        Assert.Equal((1L, false), (step.Remaining, step.IsDone));
        Assert.Equal("first", Assert.Single(step.Unreadable));
        Assert.True(step.Resealed > 5);
        var lost = (await Rotation.StateAsync(None)).Keys;
        Assert.Contains(lost, key => key is { Sealed: 1, Seals: false });
    }

    /// <summary>One of everything that is sealed, and so many pieces of a file; each with a way to see that it still opens.</summary>
    private protected async Task FillAsync(int pieces, World? into = null, string name = "first")
    {
        var at = into ?? world;
        var key = $"sk-{name}-0123456789";
        (
            await at.Get<CatalogEditing>()
                .PutVendorAsync(new VendorEntry(name, new Uri("https://vendor.example/v1")) { ApiKeys = [key] }, None)
        ).Required();
        opens.Add(async w =>
            Assert.Equal(key, Assert.Single((await w.Get<ICatalogStore>().LoadAsync(None)).Vendors.Single(v => v.Id == name).ApiKeys))
        );

        var customer = await at.NewCustomerAsync(name == "first" ? "+8613900000001" : "+8613900000002");
        var webhook = at.Get<IdSource>().Next<WebhookKind>();
        await at.Get<INotificationStore>()
            .AddWebhookAsync(new Webhook(webhook, customer.Id, new Uri("https://hook.example"), null, World.Start), $"whsec-{name}", None);
        opens.Add(async w =>
            Assert.Equal($"whsec-{name}", (await w.Get<INotificationStore>().FindWebhookAsync(webhook, None))!.Value.Secret)
        );

        await at.Get<IIdentityProviderStore>()
            .PutAsync(new IdentityProvider(customer.Id, name, "https://id.example", "client", $"oidc-{name}", World.Start), None);
        opens.Add(async w => Assert.Equal($"oidc-{name}", (await w.Get<IIdentityProviderStore>().FindAsync(customer.Id, None))!.Secret));

        var protection = new ProtectionKeys(at.Get<IDbContextFactory<ManagementDb>>(), at.Get<SecretSeal>());
        protection.StoreElement(new System.Xml.Linq.XElement("key", name), name);
        opens.Add(w =>
        {
            var keys = new ProtectionKeys(w.Get<IDbContextFactory<ManagementDb>>(), w.Get<SecretSeal>()).GetAllElements();
            Assert.Contains(keys, element => element.Value == name);
            return Task.CompletedTask;
        });

        await at.Get<IResponseStore>()
            .AddAsync(
                [new StoredResponse(customer.Account, $"resp_{name}", World.Start, "in"u8.ToArray(), "out"u8.ToArray())],
                new ResponseRetention(100, 1_000_000),
                None
            );
        opens.Add(async w =>
            Assert.Equal(
                "out"u8.ToArray(),
                (await w.Get<IResponseStore>().FindAsync(customer.Account, $"resp_{name}", World.Start, None))!.Response.ToArray()
            )
        );

        var file = at.Get<IdSource>().Next<FileKind>();
        await at.Get<IFileStore>().BeginAsync(new StoredFile(file, customer.Account, "f", "batch", 0, World.Start), None);
        for (var piece = 0; piece < pieces; piece++)
            await at.Get<IFileStore>().AppendAsync(file, piece, System.Text.Encoding.UTF8.GetBytes($"{name} {piece}"), None);
        await at.Get<IFileStore>().CompleteAsync(file, 10, None);
        opens.Add(async w =>
        {
            var piece = 0;
            await foreach (var bytes in w.Get<IFileStore>().ReadAsync(file, None))
                Assert.Equal($"{name} {piece++}", System.Text.Encoding.UTF8.GetString(bytes.Span));
            Assert.Equal(pieces, piece);
        });

        var batch = at.Get<IdSource>().Next<BatchKind>();
        await at.Get<IBatchStore>()
            .AddAsync(
                new Batch(
                    batch,
                    customer.Account,
                    at.Get<IdSource>().Next<KeyKind>(),
                    file,
                    "/v1/chat/completions",
                    "",
                    null,
                    World.Start,
                    World.Start
                ),
                None
            );
        await at.Get<IBatchStore>()
            .AddLinesAsync(batch, [new BatchLine(1, "a", LineState.Pending, 0, System.Text.Encoding.UTF8.GetBytes(name))], None);
        opens.Add(async w =>
            Assert.Equal(
                name,
                System.Text.Encoding.UTF8.GetString(Assert.Single(await w.Get<IBatchStore>().LinesAsync(batch, false, 0, 10, None)).Body)
            )
        );

        var (one, another) = (new PayoutPerson("1", "One"), new PayoutPerson("2", "Another"));
        var entered = (await at.Get<PayoutAccounts>().ProposeAsync(name, $"6222 0000 {name}", one, None)).Required();
        (await at.Get<PayoutAccounts>().ConfirmAsync(name, entered.Proposed!, another, None)).Required();
        var waiting = (await at.Get<PayoutAccounts>().ProposeAsync($"{name}-waits", $"6222 0001 {name}", one, None)).Required();
        opens.Add(async w =>
        {
            Assert.Equal($"6222 0000 {name}", await w.Get<PayoutAccounts>().RevealAsync(name, None));
            // One that waits opens when it is confirmed.
            await w.Get<PayoutAccounts>().ConfirmAsync($"{name}-waits", waiting.Proposed!, another, None);
            Assert.Equal($"6222 0001 {name}", await w.Get<PayoutAccounts>().RevealAsync($"{name}-waits", None));
        });
    }

    private protected async Task<IReadOnlyList<SealingKey>> KeysAsync() => (await Rotation.StateAsync(None)).Keys;

    private async Task OpensAsync()
    {
        foreach (var open in opens)
            await open(world);
    }

    private async Task<World> OpenAsync(string? folder)
    {
        var opened = await World.OpenAsync(folder, database: database, register: services => services.AddSingleton<PayoutAccounts>());
        opened.Time.Advance(TimeSpan.FromSeconds(++starts)); // so that no id is made twice
        return opened;
    }
}

public sealed class SealedColumnTests
{
    [Fact]
    public void Every_column_that_holds_what_is_sealed_is_rotated()
    {
        using var db = new ManagementDb(new DbContextOptionsBuilder<ManagementDb>().UseSqlite("Data Source=:memory:").Options);
        var columns = db
            .Model.GetEntityTypes()
            .SelectMany(entity => entity.GetProperties())
            .Where(property => property.ClrType == typeof(byte[]) && property.Name.StartsWith("Sealed", StringComparison.Ordinal))
            .Select(property => $"{property.DeclaringType.ClrType.Name}.{property.Name}")
            .Order();

        Assert.Equal(columns, SealedColumns.All.Select(column => column.ToString()).Order());
    }
}
