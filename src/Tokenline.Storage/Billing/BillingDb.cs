using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Tokenline.Storage.Management;

namespace Tokenline.Storage.Billing;

/// <summary>The books: ledger, sums and documents. A file of its own (or a schema), because a run writes a lot, and no order is to wait for it.</summary>
internal class BillingDb : DbContext
{
    public BillingDb(DbContextOptions<BillingDb> options)
        : base(options) { }

    /// <summary>For the same model on another database.</summary>
    protected BillingDb(DbContextOptions options)
        : base(options) { }

    public DbSet<MarkRow> Marks => Set<MarkRow>();
    public DbSet<TransferRow> Transfers => Set<TransferRow>();
    public DbSet<BalanceRow> Balances => Set<BalanceRow>();
    public DbSet<BilledAccountRow> Accounts => Set<BilledAccountRow>();
    public DbSet<LeaseRow> Leases => Set<LeaseRow>();
    public DbSet<SaleRow> Sales => Set<SaleRow>();
    public DbSet<BucketRow> Buckets => Set<BucketRow>();
    public DbSet<BucketMoveRow> Moves => Set<BucketMoveRow>();
    public DbSet<EarnedRow> Earned => Set<EarnedRow>();
    public DbSet<UsageSumRow> Usage => Set<UsageSumRow>();
    public DbSet<VolumeSumRow> Volumes => Set<VolumeSumRow>();
    public DbSet<VendorUsageRow> VendorUsage => Set<VendorUsageRow>();
    public DbSet<VendorAttemptRow> VendorAttempts => Set<VendorAttemptRow>();
    public DbSet<VendorCostRow> VendorCosts => Set<VendorCostRow>();
    public DbSet<BaseRow> Base => Set<BaseRow>();
    public DbSet<DocumentRow> Documents => Set<DocumentRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<AccountId>().HaveConversion<IdConverter<AccountKind>>();
        configuration.Properties<AllotmentId>().HaveConversion<IdConverter<AllotmentKind>>();
        configuration.Properties<KeyId>().HaveConversion<IdConverter<KeyKind>>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<MarkRow>().ToTable("mark").HasKey(row => row.Name);
        model.Entity<TransferRow>(transfer =>
        {
            transfer.ToTable("transfer").HasKey(row => row.Number);
            transfer.HasIndex(row => row.Id).IsUnique();
        });
        model.Entity<BalanceRow>().ToTable("balance").HasKey(row => new { row.Account, row.Currency });
        model.Entity<BilledAccountRow>(account =>
        {
            account.ToTable("billed_account").HasKey(row => row.Id);
            account.Property(row => row.Id).ValueGeneratedNever();
        });
        model.Entity<LeaseRow>(lease =>
        {
            lease.ToTable("leased_account").HasKey(row => row.Lessee);
            lease.Property(row => row.Lessee).ValueGeneratedNever();
        });
        model.Entity<SaleRow>(sale =>
        {
            sale.ToTable("sale").HasKey(row => row.Id);
            sale.HasIndex(row => row.Account);
        });
        model.Entity<BucketRow>(bucket =>
        {
            bucket.ToTable("bucket").HasKey(row => new { row.Payer, row.Id });
            bucket.Property(row => row.Id).ValueGeneratedNever();
        });
        model.Entity<BucketMoveRow>(move =>
        {
            move.ToTable("bucket_move")
                .HasKey(row => new
                {
                    row.Payer,
                    row.Bucket,
                    row.Period,
                });
        });
        model.Entity<EarnedRow>(earned =>
        {
            earned.ToTable("earned").HasKey(row => new { row.Sale, row.Unit });
            earned.HasIndex(row => row.Account);
        });
        model
            .Entity<UsageSumRow>()
            .ToTable("usage_sum")
            .HasKey(row => new
            {
                row.Payer,
                row.Period,
                row.Bucket,
                row.Model,
                row.Vendor,
                row.Deployment,
                row.Key,
                row.Allotment,
                row.Currency,
            });
        model
            .Entity<VolumeSumRow>()
            .ToTable("volume_sum")
            .HasKey(row => new
            {
                row.Payer,
                row.Month,
                row.Period,
                row.Group,
                row.Bucket,
                row.Model,
                row.Vendor,
                row.TariffVersion,
                row.UpTo,
            });
        model
            .Entity<VendorUsageRow>()
            .ToTable("vendor_usage")
            .HasKey(row => new
            {
                row.Vendor,
                row.Day,
                row.Model,
                row.Deployment,
                row.Meter,
                row.IsAttempt,
            });
        model
            .Entity<VendorAttemptRow>()
            .ToTable("vendor_attempt")
            .HasKey(row => new
            {
                row.Vendor,
                row.Day,
                row.Model,
                row.Charge,
                row.Number,
            });
        model
            .Entity<VendorCostRow>()
            .ToTable("vendor_cost")
            .HasKey(row => new
            {
                row.Period,
                row.Vendor,
                row.Day,
                row.Model,
                row.ContractVersion,
                row.Currency,
            });
        model
            .Entity<BaseRow>()
            .ToTable("settlement_base")
            .HasKey(row => new
            {
                row.Period,
                row.Vendor,
                row.Model,
                row.Channel,
                row.Currency,
            });
        model.Entity<DocumentRow>(document =>
        {
            document.ToTable("document").HasKey(row => new { row.Kind, row.Id });
            document.HasIndex(row => new
            {
                row.Kind,
                row.Group,
                row.Id,
            });
            document.HasIndex(row => new
            {
                row.Kind,
                row.Period,
                row.Id,
            });
        });
    }
}

/// <summary>The same model on PostgreSQL, with migrations of its own. Text compares by its bytes, as on SQLite.</summary>
internal sealed class PostgresBillingDb(DbContextOptions<PostgresBillingDb> options) : BillingDb(options)
{
    public const string Schema = "billing";
    public const string MigrationsTable = "migration";
    private const string ByBytes = "C";

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        base.ConfigureConventions(configuration);
        configuration.Properties<string>().UseCollation(ByBytes);
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.HasDefaultSchema(Schema);
        base.OnModelCreating(model);
    }
}

/// <summary>For <c>dotnet ef</c>, and for warming up: it opens nothing.</summary>
internal sealed class BillingDbDesign : IDesignTimeDbContextFactory<BillingDb>
{
    public BillingDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<BillingDb>();
        options.UseFile("design.db");
        return new(options.Options);
    }
}

/// <summary>For <c>dotnet ef</c>, and for warming up: it opens nothing.</summary>
internal sealed class PostgresBillingDbDesign : IDesignTimeDbContextFactory<PostgresBillingDb>
{
    public PostgresBillingDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<PostgresBillingDb>();
        PostgresBilling.Use(options, "Host=design");
        return new(options.Options);
    }
}
