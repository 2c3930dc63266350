using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Billing.MigrationsPostgres
{
    /// <inheritdoc />
    public partial class Books : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_bucket_move",
                schema: "billing",
                table: "bucket_move");

            migrationBuilder.DropIndex(
                name: "IX_bucket_move_Payer",
                schema: "billing",
                table: "bucket_move");

            migrationBuilder.DropPrimaryKey(
                name: "PK_bucket",
                schema: "billing",
                table: "bucket");

            migrationBuilder.DropIndex(
                name: "IX_bucket_Payer",
                schema: "billing",
                table: "bucket");

            migrationBuilder.AddPrimaryKey(
                name: "PK_bucket_move",
                schema: "billing",
                table: "bucket_move",
                columns: new[] { "Payer", "Bucket", "Period" });

            migrationBuilder.AddPrimaryKey(
                name: "PK_bucket",
                schema: "billing",
                table: "bucket",
                columns: new[] { "Payer", "Id" });

            migrationBuilder.CreateTable(
                name: "vendor_attempt",
                schema: "billing",
                columns: table => new
                {
                    Vendor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Day = table.Column<int>(type: "integer", nullable: false),
                    Model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Charge = table.Column<long>(type: "bigint", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vendor_attempt", x => new { x.Vendor, x.Day, x.Model, x.Charge, x.Number });
                });

            migrationBuilder.CreateTable(
                name: "volume_sum",
                schema: "billing",
                columns: table => new
                {
                    Payer = table.Column<long>(type: "bigint", nullable: false),
                    Month = table.Column<int>(type: "integer", nullable: false),
                    Period = table.Column<int>(type: "integer", nullable: false),
                    Group = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Bucket = table.Column<long>(type: "bigint", nullable: false),
                    Model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Vendor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    TariffVersion = table.Column<int>(type: "integer", nullable: false),
                    UpTo = table.Column<long>(type: "bigint", nullable: false),
                    Count = table.Column<long>(type: "bigint", nullable: false),
                    ChargedNano = table.Column<long>(type: "bigint", nullable: false),
                    DueNano = table.Column<long>(type: "bigint", nullable: false)
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
                name: "vendor_attempt",
                schema: "billing");

            migrationBuilder.DropTable(
                name: "volume_sum",
                schema: "billing");

            migrationBuilder.DropPrimaryKey(
                name: "PK_bucket_move",
                schema: "billing",
                table: "bucket_move");

            migrationBuilder.DropPrimaryKey(
                name: "PK_bucket",
                schema: "billing",
                table: "bucket");

            migrationBuilder.AddPrimaryKey(
                name: "PK_bucket_move",
                schema: "billing",
                table: "bucket_move",
                columns: new[] { "Bucket", "Period" });

            migrationBuilder.AddPrimaryKey(
                name: "PK_bucket",
                schema: "billing",
                table: "bucket",
                column: "Id");

            migrationBuilder.CreateIndex(
                name: "IX_bucket_move_Payer",
                schema: "billing",
                table: "bucket_move",
                column: "Payer");

            migrationBuilder.CreateIndex(
                name: "IX_bucket_Payer",
                schema: "billing",
                table: "bucket",
                column: "Payer");
        }
    }
}
