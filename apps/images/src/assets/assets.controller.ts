import { StaffOnly } from '@hemline/auth';
import { imagesApi } from '@hemline/contracts';
import { Documented } from '@hemline/http';
import { Body, Controller, Post } from '@nestjs/common';
import { refusal } from '../problems.ts';
import { AssetsService } from './assets.service.ts';

@Controller('images')
export class AssetsController {
  constructor(private readonly assets: AssetsService) {}

  @Post()
  @StaffOnly('admin')
  @Documented({
    summary: 'Keeps a picture (JPEG, PNG, WebP, AVIF, GIF; the body is its bytes, 20 MiB at most)',
    responses: { 201: imagesApi.image },
    problems: [
      'auth.required',
      'auth.forbidden',
      'request.too_large',
      'images.unsupported',
      'images.unreadable',
    ],
    bearer: 'staff',
  })
  add(@Body() body: unknown): Promise<imagesApi.Image> {
    if (!Buffer.isBuffer(body)) {
      throw refusal('images.unsupported', { detail: 'send the bytes of a picture as the body' });
    }
    return this.assets.add(body);
  }
}
