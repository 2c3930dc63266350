using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Billing.Migrations
{
    /// <inheritdoc />
    public partial class Books : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Copied rather than rebuilt, which SQLite cannot do within a transaction.
            migrationBuilder.DropIndex(name: "IX_bucket_move_Payer", table: "bucket_move");
            migrationBuilder.DropIndex(name: "IX_bucket_Payer", table: "bucket");
            migrationBuilder.RenameTable(name: "bucket", newName: "bucket_before");
            migrationBuilder.RenameTable(name: "bucket_move", newName: "bucket_move_before");

            migrationBuilder.CreateTable(
                name: "bucket",
                columns: table => new
                {
                    Payer = table.Column<long>(type: "INTEGER", nullable: false),
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bucket", x => new { x.Payer, x.Id });
                });

            migrationBuilder.CreateTable(
                name: "bucket_move",
                columns: table => new
                {
                    Payer = table.Column<long>(type: "INTEGER", nullable: false),
                    Bucket = table.Column<long>(type: "INTEGER", nullable: false),
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Added = table.Column<long>(type: "INTEGER", nullable: false),
                    Taken = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bucket_move", x => new { x.Payer, x.Bucket, x.Period });
                });

            migrationBuilder.Sql("INSERT INTO bucket (Payer, Id, Period, Body) SELECT Payer, Id, Period, Body FROM bucket_before");
            migrationBuilder.Sql("INSERT INTO bucket_move (Payer, Bucket, Period, Added, Taken) SELECT Payer, Bucket, Period, Added, Taken FROM bucket_move_before");
            migrationBuilder.DropTable(name: "bucket_before");
            migrationBuilder.DropTable(name: "bucket_move_before");

            migrationBuilder.CreateTable(
                name: "vendor_attempt",
                columns: table => new
                {
                    Vendor = table.Column<string>(type: "TEXT", nullable: false),
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    Charge = table.Column<long>(type: "INTEGER", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vendor_attempt", x => new { x.Vendor, x.Day, x.Model, x.Charge, x.Number });
                });

            migrationBuilder.CreateTable(
                name: "volume_sum",
                columns: table => new
                {
                    Payer = table.Column<long>(type: "INTEGER", nullable: false),
                    Month = table.Column<int>(type: "INTEGER", nullable: false),
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Group = table.Column<string>(type: "TEXT", nullable: false),
                    Bucket = table.Column<long>(type: "INTEGER", nullable: false),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    Vendor = table.Column<string>(type: "TEXT", nullable: false),
                    TariffVersion = table.Column<int>(type: "INTEGER", nullable: false),
                    UpTo = table.Column<long>(type: "INTEGER", nullable: false),
                    Count = table.Column<long>(type: "INTEGER", nullable: false),
                    ChargedNano = table.Column<long>(type: "INTEGER", nullable: false),
                    DueNano = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_volume_sum", x => new { x.Payer, x.Month, x.Period, x.Group, x.Bucket, x.Model, x.Vendor, x.TariffVersion, x.UpTo });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "vendor_attempt");

            migrationBuilder.DropTable(
                name: "volume_sum");

            migrationBuilder.DropPrimaryKey(
                name: "PK_bucket_move",
                table: "bucket_move");

            migrationBuilder.DropPrimaryKey(
                name: "PK_bucket",
                table: "bucket");

            migrationBuilder.AddPrimaryKey(
                name: "PK_bucket_move",
                table: "bucket_move",
                columns: new[] { "Bucket", "Period" });

            migrationBuilder.AddPrimaryKey(
                name: "PK_bucket",
                table: "bucket",
                column: "Id");

            migrationBuilder.CreateIndex(
                name: "IX_bucket_move_Payer",
                table: "bucket_move",
                column: "Payer");

            migrationBuilder.CreateIndex(
                name: "IX_bucket_Payer",
                table: "bucket",
                column: "Payer");
        }
    }
}
